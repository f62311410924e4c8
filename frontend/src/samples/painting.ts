import { type Place, radiusOf, type Shape } from "../map/vector_shapes";

/** Marks on a map are the same in both themes: white with a dark casing, or the reverse. */
const DARK = "#161a20";
const LIGHT = "#ffffff";

export interface Look {
  color: string;
  status: string | null;
  selected: boolean;
}

function outline(context: CanvasRenderingContext2D, rings: readonly Place[][]): void {
  context.beginPath();
  for (const ring of rings) {
    ring.forEach(({ x, y }, n) => {
      if (n === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
}

function stroke(context: CanvasRenderingContext2D, color: string, width: number): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function paintField(context: CanvasRenderingContext2D, shape: Shape, look: Look): void {
  outline(context, shape.rings ?? []);
  context.globalAlpha = look.status === "rejected" ? 0.1 : 0.45;
  context.fillStyle = look.color;
  context.fill("evenodd");
  context.globalAlpha = 1;
  if (look.selected) {
    stroke(context, DARK, 6);
    stroke(context, LIGHT, 4);
  } else {
    stroke(context, DARK, 3);
  }
  if (look.status === "rejected") context.setLineDash([4, 3]);
  stroke(context, look.color, look.selected ? 2 : 1.5);
  context.setLineDash([]);
}

/** Trust is told by form: filled, a ring for suspect, a cross for rejected. */
function paintDot(context: CanvasRenderingContext2D, shape: Shape, look: Look): void {
  const { x, y, count, mixed } = shape;
  const radius = radiusOf(count);
  const circle = (r: number): void => {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
  };
  if (look.selected) {
    circle(radius + 4);
    context.fillStyle = DARK;
    context.fill();
    circle(radius + 3);
    context.fillStyle = LIGHT;
    context.fill();
  }
  circle(radius);
  context.fillStyle = look.status === "rejected" ? LIGHT : look.color;
  context.fill();
  stroke(context, DARK, 1);
  if (mixed || look.status === "suspect") {
    circle(radius - 1.75);
    context.fillStyle = mixed ? look.color : LIGHT;
    context.fill();
    stroke(context, LIGHT, 1);
  }
  if (look.status === "rejected") {
    context.beginPath();
    context.moveTo(x - 2.5, y - 2.5);
    context.lineTo(x + 2.5, y + 2.5);
    context.moveTo(x + 2.5, y - 2.5);
    context.lineTo(x - 2.5, y + 2.5);
    stroke(context, look.color, 1.5);
  }
}

/** Polygons first, then dots, selected ones last; `lookOf` null leaves a shape out. */
export function paintShapes(
  context: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  lookOf: (shape: Shape) => Look | null,
): void {
  const later: [Shape, Look][] = [];
  const last: [Shape, Look][] = [];
  for (const shape of shapes) {
    const look = lookOf(shape);
    if (!look) continue;
    if (look.selected) last.push([shape, look]);
    else if (shape.rings) paintField(context, shape, look);
    else later.push([shape, look]);
  }
  for (const [shape, look] of [...later, ...last]) {
    if (shape.rings) paintField(context, shape, look);
    else paintDot(context, shape, look);
  }
}
