package import NNCore

/// Looks for one kind of mistake in a config and its data.
///
/// A check must be silent where a careful person would not change anything: a false alarm makes all
/// findings worthless. Its cost is bounded: what is more than one pass over the data reads a sample of
/// rows (``CheckSubject/sample``).
package protocol MistakeCheck: Sendable {
  /// The name, which findings bear: `sorted-labels`.
  var name: String { get }

  /// What is looked for, in one line, for the documentation.
  var meaning: String { get }

  /// When the check runs.
  var stage: CheckStage { get }

  /// Looks for the mistake.
  ///
  /// - Throws: `NNError` if the network cannot be run.
  func findings(in subject: CheckSubject) throws(NNError) -> [Finding]
}

/// When a check runs.
package enum CheckStage: Sendable {
  /// Before every training, too: it takes milliseconds for any data.
  case start
  /// With `nntrain check --data`.
  case data
  /// With `nntrain check RUN --data`: it needs a trained network.
  case trained
}

extension MistakeCheck {
  /// A finding of this check.
  func finding(
    _ what: String, why: String, fix: String, key: String, warning: String? = nil
  ) -> Finding {
    Finding(check: name, what: what, why: why, fix: fix, key: key, warning: warning)
  }
}
