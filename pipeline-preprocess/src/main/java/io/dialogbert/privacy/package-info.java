/**
 * Personal data: finding it, replacing it by placeholders, and replacing ids by pseudonyms. Plain
 * Java.
 */
package io.dialogbert.privacy;
