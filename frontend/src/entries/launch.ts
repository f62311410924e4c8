import type { PageData } from "../launch/data";
import { LaunchPage } from "../launch/page";
import { onMap } from "../leaflet/page";
import { prepareMap } from "../map/setup";
import { pageData } from "../ui/dom";

const page = new LaunchPage(pageData<PageData>("launch-data"));

onMap("map", (map) => {
  prepareMap(map, "topright");
  page.useMap(map);
});
