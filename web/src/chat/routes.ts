import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { signedInOnly } from "../session/guard.ts";
import { root } from "../shell/root.tsx";
import { aboutOf } from "./about.ts";

const desk = createRoute({
  getParentRoute: () => root,
  path: "/chats",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./desk.tsx"), "BuyerDesk"),
});
const nothing = createRoute({
  getParentRoute: () => desk,
  path: "/",
  component: lazyRouteComponent(() => import("./desk.tsx"), "NothingChosen"),
});
const conversation = createRoute({
  getParentRoute: () => desk,
  path: "$conversationId",
  validateSearch: aboutOf,
  component: lazyRouteComponent(() => import("./conversation.tsx"), "BuyerConversation"),
});

const talks = createRoute({
  getParentRoute: () => root,
  path: "/talks",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("../call/my-talks.tsx"), "MyTalks"),
});

export const chatRoutes = [desk.addChildren([nothing, conversation]), talks] as const;
