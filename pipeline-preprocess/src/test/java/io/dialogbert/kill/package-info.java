/** Kills jobs to see that nothing comes of it; started by {@code bin/kill-test}. */
package io.dialogbert.kill;
