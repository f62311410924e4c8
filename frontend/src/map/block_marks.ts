/** Marks on blocks: dark with a light casing, so that they stand out on imagery too. */

type Place = [x: number, y: number];
const LIGHT = "rgb(255 255 255 / 0.9)";
const DARK = "#161a20";

/** An open ring: the block is being worked on. */
export function ring(
  context: CanvasRenderingContext2D,
  [x, y]: Place,
  radius: number,
  color: string,
): void {
  for (const [width, style] of [
    [4, LIGHT],
    [2, color],
  ] as const) {
    context.beginPath();
    context.arc(x, y, radius, -0.4, Math.PI * 1.6);
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke();
  }
}

/** An octagon with a cross: the block failed. */
export function octagon(
  context: CanvasRenderingContext2D,
  [x, y]: Place,
  radius: number,
  color: string,
): void {
  context.beginPath();
  for (let k = 0; k < 8; k += 1) {
    const turn = Math.PI / 8 + (k * Math.PI) / 4;
    context.lineTo(x + radius * Math.cos(turn), y + radius * Math.sin(turn));
  }
  context.closePath();
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = LIGHT;
  context.stroke();
  const arm = radius * 0.4;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.lineWidth = 1.5;
  context.stroke();
}

/** A corner at each place (upper right of a block): its result was known and is reused. */
export function cornerMarks(
  context: CanvasRenderingContext2D,
  places: readonly Place[],
  length: number,
): void {
  for (const [width, color] of [
    [4, LIGHT],
    [2, DARK],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = color;
    for (const [x, y] of places) {
      context.beginPath();
      context.moveTo(x - length, y);
      context.lineTo(x, y);
      context.lineTo(x, y + length);
      context.stroke();
    }
  }
}
