/** RFC 9457 problem details, as every endpoint of this API answers errors. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  advice?: string;
  errors?: Record<string, string[]>;
  /** The state now, beside a 412. */
  current?: unknown;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super([problem.detail || problem.title, problem.advice].filter(Boolean).join(" "));
  }
}

export type Headers = Record<string, string>;

export interface FormOptions {
  headers?: Headers;
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/** What is sent once; a call that was answered "who are you?" is sent again after the log-in. */
type Send = () => Promise<Response>;

let recover: (() => Promise<boolean>) | null = null;

/** `handler` asks the person to log in again; true means that the call may be repeated. */
export function onLostSession(handler: (() => Promise<boolean>) | null): void {
  recover = handler;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** A session that ended (401), or one begun elsewhere since this page was made (its CSRF key). */
export function isLostSession(problem: Problem): boolean {
  return problem.status === 401 || (problem.status === 403 && /^CSRF/i.test(problem.detail));
}

export async function problemOf(response: Response): Promise<Problem> {
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

const unreachable = (): ApiError =>
  new ApiError({
    status: 0,
    title: "No connection",
    detail: "The server cannot be reached. Check the network; the page keeps trying.",
  });

async function sent(send: Send): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
}

async function answered<T>(send: Send): Promise<T> {
  let response = await sent(send);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (!recover || !isLostSession(problem) || !(await recover())) throw new ApiError(problem);
    response = await sent(send);
    if (!response.ok) throw new ApiError(await problemOf(response));
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

function withBody<T>(
  method: string,
  path: string,
  body: unknown,
  headers: Headers,
  signal?: AbortSignal,
): Promise<T> {
  return answered<T>(() =>
    fetch(path, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        "X-CSRFToken": csrfToken(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }),
  );
}

export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answered<T>(() =>
    fetch(path, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      ...(signal ? { signal } : {}),
    }),
  );
}

export function postJson<T>(
  path: string,
  body: unknown,
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<T> {
  return withBody<T>("POST", path, body, headers, signal);
}

export function patchJson<T>(path: string, body: unknown, headers: Headers = {}): Promise<T> {
  return withBody<T>("PATCH", path, body, headers);
}

export function putJson<T>(path: string, body: unknown, headers: Headers = {}): Promise<T> {
  return withBody<T>("PUT", path, body, headers);
}

export function deleteJson<T = void>(path: string, headers: Headers = {}): Promise<T> {
  return withBody<T>("DELETE", path, undefined, headers);
}

/** Only XMLHttpRequest tells how much of a body has been sent. */
function upload(path: string, form: FormData, options: FormOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => options.onProgress?.(event.loaded, event.total);
    request.onload = () => {
      const empty = request.status === 204;
      resolve(new Response(empty ? null : request.responseText, { status: request.status }));
    };
    request.onerror = () => reject(new TypeError("The upload was cut."));
    request.onabort = () => reject(new DOMException("Stopped.", "AbortError"));
    options.signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

export function postForm<T>(path: string, form: FormData, options: FormOptions = {}): Promise<T> {
  return answered<T>(() => {
    if (options.onProgress) return upload(path, form, options);
    return fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
        ...options.headers,
      },
      body: form,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  });
}
