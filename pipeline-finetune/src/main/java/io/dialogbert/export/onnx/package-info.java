/** Graphs of the Open Neural Network Exchange format. */
package io.dialogbert.export.onnx;
