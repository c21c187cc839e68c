/** Where parcels of this run go. */
export const ADDRESS = {
  recipient: "Ani",
  phone: "+628123456789",
  country: "ID",
  region: "Jawa Barat",
  city: "Bandung",
  district: "Sumur Bandung",
  village: "Braga",
  postalCode: "40111",
  line1: "Jl. Braga 1",
  line2: null,
  latitude: null,
  longitude: null,
};
