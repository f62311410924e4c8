/** RFC 9457 problem details, as every endpoint of this API answers errors. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  advice?: string;
  errors?: Record<string, string[]>;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super([problem.detail || problem.title, problem.advice].filter(Boolean).join(" "));
  }
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = {
    status: response.status,
    title: response.statusText || "Request failed",
    detail: `The server answered ${response.status}. Try again; if it stays, tell an administrator.`,
  };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return { ...fallback, ...body };
  } catch {
    return fallback;
  }
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError({
      status: 0,
      title: "No connection",
      detail: "The server cannot be reached. Check the network; the page keeps trying.",
    });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
}

export function postJson<T>(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

export function postForm<T>(path: string, body: FormData): Promise<T> {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  return call<T>(path, { method: "POST", headers, body });
}
