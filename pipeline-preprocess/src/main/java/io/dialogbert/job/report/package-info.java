/** {@code report}: a page and a console summary of what the finished stages did. */
package io.dialogbert.job.report;
