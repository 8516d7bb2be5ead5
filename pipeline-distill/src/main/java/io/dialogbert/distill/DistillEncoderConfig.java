package io.dialogbert.distill;

import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.pretrain.EncoderSettings;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link DistillEncoderJob}.
 *
 * @param teacher output directory of pretrain or distill-encoder
 * @param examples output directory of build-examples
 * @param student its shape and start
 * @param loss weights of the student's own losses and of the teacher's distribution
 * @param states what the student learns of the teacher's layers
 */
public record DistillEncoderConfig(
    String teacher,
    String examples,
    String output,
    MaskingConfig masking,
    StudentConfig student,
    DistillationLoss loss,
    StatesConfig states,
    TrainingConfig training) {
  static DistillEncoderConfig read(ConfigReader in) {
    String output = in.path("output");
    TrainingConfig training = TrainingConfig.read(in.section("training"), output);
    return new DistillEncoderConfig(
        in.path("teacher"),
        in.path("examples"),
        output,
        EncoderSettings.masking(in),
        StudentConfig.read(in.section("student")),
        DistillationLoss.read(in, training.numSteps()),
        StatesConfig.read(in.section("states")),
        training);
  }
}
