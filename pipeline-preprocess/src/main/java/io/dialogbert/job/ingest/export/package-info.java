/** Reads the text exports of KakaoTalk and LINE: their lines, times, notices and versions. */
package io.dialogbert.job.ingest.export;
