import { httpSettings } from '../http/http-settings.js';
import { ippSettings } from '../ipp/ipp-settings.js';
import type { SettingsSchemas } from './backend-service.js';

/** What the settings of each kind of backend have to be; a further kind is one more line, and its adapter. */
export const settingsSchemas: SettingsSchemas = { http: httpSettings, ipp: ippSettings };
