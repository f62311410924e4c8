import { CataloguePage } from "../catalogue/page";
import type { PageData } from "../catalogue/types";
import { onMap } from "../leaflet/page";
import { pageData } from "../ui/dom";

onMap("map", (map) => new CataloguePage(map, pageData<PageData>("catalogue-data")));
