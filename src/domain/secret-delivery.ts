/** How a PIN or PUK reaches the card holder. */
export const deliveryWays = ['print', 'e-mail', 'none'] as const;

export type DeliveryWay = (typeof deliveryWays)[number];
