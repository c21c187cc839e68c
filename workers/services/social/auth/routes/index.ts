import { newApp } from "#kernel/app";
import { addSignIn } from "./sign-in.ts";

export const app = newApp("/v1/auth");
addSignIn(app);
