import type { Parcel, Status } from "./types.ts";

/** Times are the couriers' own: west of Indonesia, with its offset. */
const WIB_MS = 7 * 3_600_000;
export const wibTime = (at: number): string => `${new Date(at + WIB_MS).toISOString().slice(0, 19)}+07:00`;

export const statusOf = ({ history }: Parcel): Status => history.at(-1)?.status ?? "confirmed";

const driverOf = ({ type }: Parcel) =>
  type === "instant"
    ? { driver_name: "Maulana Imran", driver_phone: "088888888888", driver_plate_number: "B 1234 ABC" }
    : { driver_name: null, driver_phone: null, driver_plate_number: null };

/** https://biteship.com/en/docs/api/trackings/retrieve; its `messsage` is spelled so there. */
export function trackingAnswer(parcel: Parcel): object {
  const { driver_name: name, driver_phone: phone } = driverOf(parcel);
  return {
    success: true,
    messsage: "Successfully get tracking info",
    object: "tracking",
    id: parcel.trackingId,
    waybill_id: parcel.waybillId,
    courier: { company: parcel.company, name, phone, ...driverOf(parcel), driver_photo_url: null },
    origin: parcel.origin,
    destination: parcel.destination,
    history: parcel.history,
    link: `https://track.biteship.com/${parcel.trackingId}`,
    order_id: parcel.orderId,
    status: statusOf(parcel),
  };
}

/** https://biteship.com/en/docs/api/webhook/overview, `order.status`. It carries neither time nor history. */
export function notification(parcel: Parcel): object {
  const driver = driverOf(parcel);
  return {
    event: "order.status",
    courier_tracking_id: parcel.trackingId,
    courier_waybill_id: parcel.waybillId,
    courier_company: parcel.company,
    courier_type: parcel.type,
    courier_driver_name: driver.driver_name,
    courier_driver_phone: driver.driver_phone,
    courier_driver_photo_url: null,
    courier_driver_plate_number: driver.driver_plate_number,
    courier_link: `https://track.biteship.com/${parcel.trackingId}`,
    order_id: parcel.orderId,
    order_price: parcel.price,
    status: statusOf(parcel),
  };
}

const aboutOrder = (parcel: Parcel, event: string): object => ({
  event,
  courier_tracking_id: parcel.trackingId,
  courier_waybill_id: parcel.waybillId,
  order_id: parcel.orderId,
  status: statusOf(parcel),
});

/** `order.price`: the courier charges another price than the order was confirmed with. */
export const priceNotification = (parcel: Parcel): object => ({
  ...aboutOrder(parcel, "order.price"),
  price: parcel.price,
  shippment_fee: parcel.price,
  cash_on_delivery_fee: 0,
  proof_of_delivery_fee: 0,
});

/** `order.waybill_id`: the number of an order that had none. */
export const waybillNotification = (parcel: Parcel): object => aboutOrder(parcel, "order.waybill_id");

/** https://biteship.com/en/docs/api/orders/create, the parts of the answer that tracking goes on with. */
export function orderAnswer(parcel: Parcel): object {
  return {
    success: true,
    message: "Order successfully created",
    object: "order",
    id: parcel.orderId,
    origin: parcel.origin,
    destination: parcel.destination,
    courier: {
      tracking_id: parcel.trackingId,
      waybill_id: parcel.waybillLater ? null : parcel.waybillId,
      company: parcel.company,
      type: parcel.type,
      link: `https://track.biteship.com/${parcel.trackingId}`,
      ...driverOf(parcel),
    },
    reference_id: parcel.reference,
    currency: "IDR",
    price: parcel.price,
    metadata: null,
    note: null,
    status: statusOf(parcel),
  };
}
