/** Kills jobs and checks that no harm is done; started by {@code bin/kill-test}. */
package io.dialogbert.kill;
