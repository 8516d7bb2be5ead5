/** Jobs that make a trained network smaller by taking parts out of it. */
package io.dialogbert.distill.prune;
