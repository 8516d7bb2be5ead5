/**
 * Metrics as the official scripts of the tasks compute them. Plain Java.
 *
 * <p>Metrics are in [0, 1], correlations in [-1, 1]. A report that prints percent multiplies by
 * 100.
 */
package io.dialogbert.metric;
