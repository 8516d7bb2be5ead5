/**
 * Personal data: finds it, replaces it by placeholders, and replaces ids by pseudonyms. Plain Java.
 */
package io.dialogbert.privacy;
