import NNCore

/// The checks, in the order in which they report.
package enum MistakeChecks {
  /// All checks. A new one is one file and one entry.
  package static let all: [any MistakeCheck] = [
    OutputActivationCheck(),
    OutputShapeCheck(),
    LearningRateCheck(),
    UnscaledInputsCheck(),
    ColumnScalesCheck(),
    ConstantColumnCheck(),
    IdenticalColumnsCheck(),
    TargetLeakCheck(),
    SortedLabelsCheck(),
    ClassImbalanceCheck(),
    RareClassCheck(),
    DuplicateRowsCheck(),
    CapacityCheck(),
    DeadUnitsCheck(),
    LabelNoiseCheck(),
  ]

  /// The findings of the checks that run at some stages.
  ///
  /// - Throws: `NNError` if the network cannot be run.
  static func findings(
    in subject: CheckSubject, stages: [CheckStage]
  ) throws(NNError) -> [Finding] {
    var findings: [Finding] = []
    for check in all where stages.contains(check.stage) {
      findings += try check.findings(in: subject)
    }
    return findings
  }
}
