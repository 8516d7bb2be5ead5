/**
 * Training engines: networks that take optimizer steps on one device. {@link
 * io.dialogbert.train.engine.Engine} is the interface; the rest of training uses no other.
 */
package io.dialogbert.train.engine;
