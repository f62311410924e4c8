import { onMap } from "../leaflet/page";
import { type ReviewData, ReviewPage } from "../map/review/page";
import { pageData } from "../ui/dom";

onMap("map", (map) => new ReviewPage(map, pageData<ReviewData>("map-data")));
