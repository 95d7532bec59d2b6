// Card holders.
export { findHolders, getHolder, resolveHolder } from './holders/holder-service.js';
export { matching } from './holders/holder-store.js';
export { holderName } from './holders/holder-types.js';
export { getPhotoById } from './holders/holder-photo.js';
export { PHOTO_SEARCH_PATH } from './holders/photo-pages.js';
// Groups of the organisation's own.
export { mayApprove } from './groups/approving.js';
export { listOwnGroups } from './groups/group-store.js';
// Card types.
export { getCardType, listCardTypes } from './card-types/card-type-store.js';
// Options of the product.
export { approvalTimeLimit, readRetentionOptions, readSecretOptions } from './options/options.js';
