import type { OfferedLayer } from "./add_dialog";
import type { ReviewContext, ReviewPanel } from "./hooks";
import type { PixelPanel } from "./pixel_panel";

/** The pixel panel as the page knows it: what draws it is loaded with the first pixel. */
export class PixelReader {
  private drawn: PixelPanel | null = null;

  constructor(
    private readonly review: ReviewContext,
    private readonly offered: readonly OfferedLayer[],
  ) {}

  panel(): ReviewPanel {
    return {
      id: "pixel",
      title: "Pixel",
      icon: "target",
      mount: (body) => {
        void this.load(body);
        return { opened: () => this.follow(), closed: () => this.close() };
      },
    };
  }

  step(columns: number, rows: number): void {
    this.drawn?.step(columns, rows);
  }

  stepDate(by: number): void {
    this.drawn?.stepDate(by);
  }

  follow(): void {
    this.drawn?.follow();
  }

  private async load(body: HTMLElement): Promise<void> {
    const { PixelPanel } = await import("./pixel_panel");
    this.drawn = new PixelPanel(this.review, this.offered);
    this.drawn.fill(body);
    this.drawn.follow();
  }

  private close(): void {
    this.drawn?.close();
    this.review.store.change({ point: null });
  }
}
