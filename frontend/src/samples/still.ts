interface Moving {
  getContainer(): HTMLElement;
  stop(): unknown;
}

/**
 * Lets a press end the map's own movement (the glide after a fling, a pan by key) before anything
 * under the pointer is taken up: Leaflet measures a drag from where the map was when it began, and
 * leaves a drag alone that begins while the map moves. `wished` tells whether presses matter now.
 */
export function stillOnPress(map: Moving, wished: () => boolean): void {
  map.getContainer().addEventListener(
    "pointerdown",
    (event) => {
      if (event.button === 0 && wished()) map.stop();
    },
    true, // before the handle that lies under the pointer hears of it
  );
}
