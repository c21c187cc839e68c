import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import { showState, showTone } from "./show-states.ts";

const text = texts({
  en: {
    title: "Live studio",
    fresh: "Schedule a show",
    name: "Title",
    starts: "Begins",
    schedule: "Schedule it",
    shows: "Your shows",
    none: "No shows yet",
    noneText: "Schedule one, and people who follow your shop can ask to be told when it begins.",
  },
  id: {
    title: "Studio live",
    fresh: "Jadwalkan siaran",
    name: "Judul",
    starts: "Mulai",
    schedule: "Jadwalkan",
    shows: "Siaran Anda",
    none: "Belum ada siaran",
    noneText: "Jadwalkan satu, dan pengikut toko dapat minta diberi tahu saat dimulai.",
  },
});

/** The shop's shows, and the way to a new one. */
export function StudioListPage() {
  const shop = useShop();
  const navigate = useNavigate();
  const shows = useInfiniteQuery(pagesOf("GET /v1/livestreams", { query: { sellerId: shop.seller } }, shop));
  const schedule = useCommand("POST /v1/livestreams", {
    forget: ["GET /v1/livestreams"],
    onDone: ({ id }) => navigate({ to: "/shop/live/$livestreamId", params: { livestreamId: id } }),
  });
  const send = (form: FormData) =>
    schedule.mutate({
      body: { title: fieldOf(form, "title"), startsAt: instantOf(form.get("startsAt")) ?? "" },
    });
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Form className="panel mb-8 max-w-xl" onSend={send} submit={text.schedule} command={schedule}>
        <h2 className="text-lg font-bold">{text.fresh}</h2>
        <TextField
          label={text.name}
          name="title"
          maxLength={120}
          error={fieldError(schedule.error, "body.title")}
          required
        />
        <MomentField
          label={text.starts}
          name="startsAt"
          error={fieldError(schedule.error, "body.startsAt")}
          required
        />
      </Form>
      <h2 className="section-title">{text.shows}</h2>
      <Paged query={shows} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(show) => (
          <Link
            to="/shop/live/$livestreamId"
            params={{ livestreamId: show.id }}
            className="panel hover:shadow-card flex flex-wrap items-center gap-x-4 gap-y-1 transition-shadow"
          >
            <strong className="min-w-0 flex-1 basis-48">{show.title}</strong>
            <span className="text-muted text-sm">{moment(show.startsAt)}</span>
            <Tag tone={showTone[show.state]}>{showState[show.state]}</Tag>
          </Link>
        )}
      </Paged>
    </>
  );
}
