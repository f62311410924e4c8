import { onMap } from "../leaflet/page";
import { type ReviewData, ReviewPage } from "../map/review/page";
import { pageData } from "../ui/dom";
import "../map/difference";
import "../map/remarks";

onMap("map", (map) => new ReviewPage(map, pageData<ReviewData>("map-data")));
