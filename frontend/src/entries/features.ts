import type { PageData } from "../features/data";
import { FeaturesPage } from "../features/page";
import { watchRemoval } from "../features/removal";
import { pageData } from "../ui/dom";

if (document.getElementById("features-data")) new FeaturesPage(pageData<PageData>("features-data"));
watchRemoval();
