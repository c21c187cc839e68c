import { newApp } from "#kernel/app";
import { addAccount } from "./account.ts";
import { addActing } from "./acting.ts";
import { addFactors } from "./factors.ts";
import { addKeys } from "./keys.ts";
import { addMail } from "./mail.ts";
import { addOAuth } from "./oauth.ts";
import { addSignIn } from "./sign-in.ts";

export const app = newApp("/v1/auth");
for (const add of [addSignIn, addMail, addFactors, addAccount, addOAuth, addKeys, addActing]) add(app);
