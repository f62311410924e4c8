import { onMap } from "../leaflet/page";
import { type PageData, SamplesPage } from "../samples/page";
import { pageData } from "../ui/dom";

onMap("map", (map) => {
  new SamplesPage(map, pageData<PageData>("samples-data"));
});
