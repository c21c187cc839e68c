import "maplibre-gl/dist/maplibre-gl.css";
import {
  type GeoJSONSource,
  LngLatBounds,
  Map as MapView,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef, useState } from "react";
import { feature } from "topojson-client";
import atlasUrl from "world-atlas/countries-50m.json?url";
import { texts } from "../../shell/text.ts";
import type { Point } from "./live.ts";

const text = texts({
  en: {
    map: "Map of the driver's way; what it shows is said below it",
    driver: "The driver",
    door: "Your door",
    closer: "Closer",
    farther: "Farther",
    unavailable: "The map cannot be shown on this device.",
    scroll: "Use Ctrl and the wheel to zoom",
    fingers: "Use two fingers to move the map",
    source: "Coasts and borders: Natural Earth",
  },
  id: {
    map: "Peta perjalanan kurir; isinya dijelaskan di bawah",
    driver: "Kurir",
    door: "Tujuan",
    closer: "Perbesar",
    farther: "Perkecil",
    unavailable: "Peta tidak dapat ditampilkan di perangkat ini.",
    scroll: "Gunakan Ctrl dan roda tetikus untuk memperbesar",
    fingers: "Gunakan dua jari untuk menggeser peta",
    source: "Garis pantai dan batas: Natural Earth",
  },
});

setWorkerUrl(workerUrl);

type Place = { readonly latitude: number; readonly longitude: number };
type Props = { readonly trail: readonly Point[]; readonly door: Place | undefined };

type Atlas = Parameters<typeof feature>[0];
let atlas: Promise<GeoJSON.GeoJSON> | undefined;

/** Natural Earth out of our own build: the map asks nobody else for anything. */
function loadAtlas(): Promise<GeoJSON.GeoJSON> {
  atlas ??= fetch(atlasUrl)
    .then((response) => response.json() as Promise<Atlas>)
    .then((topology) => {
      const { countries } = topology.objects;
      return countries ? feature(topology, countries) : EMPTY;
    });
  return atlas;
}

/** A token of the styles in the form that the map reads: red, green and blue. */
function colourOf(token: string): string {
  const probe = document.createElement("canvas").getContext("2d");
  const element = document.createElement("span");
  element.style.color = `var(--color-${token})`;
  document.body.append(element);
  const { color } = getComputedStyle(element);
  element.remove();
  if (!probe) return "gray";
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

const coloursOf = () => ({
  sea: colourOf("brand-soft"),
  land: colourOf("sunken"),
  border: colourOf("line"),
  way: colourOf("brand"),
});

const at = ({ latitude, longitude }: Place): [number, number] => [longitude, latitude];
const lineOf = (trail: readonly Point[]): GeoJSON.Feature => ({
  type: "Feature",
  properties: {},
  geometry: { type: "LineString", coordinates: trail.map(at) },
});
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** Nearer than this the coasts of Natural Earth are too coarse to tell anything. */
const ZOOM_MAX = 12;
/** Near enough to see a city's coast on a phone. */
const ZOOM_FIRST = 9;
const PADDING = 56;

function open(container: HTMLElement, trail: readonly Point[]): MapView {
  const { sea, land, border, way } = coloursOf();
  const world = { source: "world" } as const;
  return new MapView({
    container,
    center: at(trail.at(-1) ?? { latitude: 0, longitude: 0 }),
    zoom: ZOOM_FIRST,
    maxZoom: ZOOM_MAX,
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    locale: {
      "Map.Title": text.map,
      "NavigationControl.ZoomIn": text.closer,
      "NavigationControl.ZoomOut": text.farther,
      "CooperativeGesturesHandler.WindowsHelpText": text.scroll,
      "CooperativeGesturesHandler.MacHelpText": text.scroll,
      "CooperativeGesturesHandler.MobileHelpText": text.fingers,
    },
    style: {
      version: 8,
      sources: {
        world: { type: "geojson", data: EMPTY },
        trail: { type: "geojson", data: lineOf(trail) },
      },
      layers: [
        { id: "sea", type: "background", paint: { "background-color": sea } },
        { id: "land", type: "fill", ...world, paint: { "fill-color": land } },
        { id: "border", type: "line", ...world, paint: { "line-color": border, "line-width": 1 } },
        {
          id: "way",
          type: "line",
          source: "trail",
          layout: { "line-cap": "round", "line-join": "round" },
          paint: { "line-color": way, "line-width": 4, "line-opacity": 0.75 },
        },
      ],
    },
  });
}

function mark(map: MapView, place: Place, kind: "driver" | "door"): Marker {
  const element = document.createElement("span");
  const colours = kind === "driver" ? "border-surface bg-brand" : "border-brand bg-surface";
  element.className = `size-5 rounded-full border-4 shadow-card ${colours}`;
  element.dataset.marker = kind;
  element.role = "img";
  element.ariaLabel = text[kind];
  return new Marker({ element }).setLngLat(at(place)).addTo(map);
}

/** What follows the theme, in the moment in which it changes. */
function repaint(map: MapView): void {
  const { sea, land, border, way } = coloursOf();
  map.setPaintProperty("sea", "background-color", sea);
  map.setPaintProperty("land", "fill-color", land);
  map.setPaintProperty("border", "line-color", border);
  map.setPaintProperty("way", "line-color", way);
}

const drawWay = (map: MapView, trail: readonly Point[]): void => {
  map.getSource<GeoJSONSource>("trail")?.setData(lineOf(trail));
};

type Shown = { readonly map: MapView; readonly driver: Marker };

/** `latest` is read when the map has loaded: the driver has gone on meanwhile. */
function show(container: HTMLElement, latest: { readonly current: Props }): Shown | undefined {
  const { trail, door } = latest.current;
  const last = trail.at(-1);
  if (!last) return undefined;
  const map = open(container, trail);
  const driver = mark(map, last, "driver");
  if (door) mark(map, door, "door");
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl());
  const bounds = new LngLatBounds(at(last), at(last));
  for (const place of [...trail, ...(door ? [door] : [])]) bounds.extend(at(place));
  map.fitBounds(bounds, { padding: PADDING, maxZoom: ZOOM_FIRST, animate: false });
  map.on("load", () => {
    drawWay(map, latest.current.trail);
    void loadAtlas().then((world) => {
      map.getSource<GeoJSONSource>("world")?.setData(world);
      map.once("idle", () => container.setAttribute("data-drawn", ""));
    });
  });
  return { map, driver };
}

/** The driver's way so far and where it ends. Everything that it shows stands in words beside it. */
export function TrackMap({ trail, door }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const shown = useRef<Shown>(undefined);
  const latest = useRef({ trail, door });
  const [isUnavailable, setUnavailable] = useState(false);
  useEffect(() => {
    const container = frame.current;
    if (!container) return;
    try {
      shown.current = show(container, latest);
    } catch {
      // Without WebGL there is no map; the words beside it say the same.
      setUnavailable(true);
      return;
    }
    const { map } = shown.current ?? {};
    const theme = new MutationObserver(() => map?.isStyleLoaded() && repaint(map));
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      theme.disconnect();
      map?.remove();
      shown.current = undefined;
    };
  }, []);
  useEffect(() => {
    latest.current = { trail, door };
    const last = trail.at(-1);
    if (!shown.current || !last) return;
    const { map, driver } = shown.current;
    driver.setLngLat(at(last));
    drawWay(map, trail);
    if (!map.getBounds().contains(at(last))) map.panTo(at(last));
  }, [trail, door]);
  if (isUnavailable) return <p className="notice">{text.unavailable}</p>;
  return (
    <figure>
      <div ref={frame} className="border-line h-72 overflow-hidden rounded-control border" />
      <figcaption className="text-muted mt-1 text-right text-xs">{text.source}</figcaption>
    </figure>
  );
}
