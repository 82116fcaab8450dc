import NNCore
import NNData

/// Rows that are sorted by class and not shuffled.
struct SortedLabelsCheck: MistakeCheck {
  var name: String { "sorted-labels" }
  var meaning: String { "training rows that are sorted by class, with shuffle: false" }
  var stage: CheckStage { .start }

  func findings(in subject: CheckSubject) -> [Finding] {
    let data = subject.config.data
    guard !data.shuffle, data.sampler == nil, data.batchSize < subject.train.count,
      let classes = subject.classes
    else { return [] }
    let changes = zip(classes, classes.dropFirst()).count { $0 != $1 }
    let present = subject.classCounts.count { $0 > 0 }
    guard present > 1, changes == present - 1 else { return [] }
    return [
      finding(
        "the \(subject.train.count) training rows are sorted by class and are not shuffled",
        why: "batches have rows of one class, and the network forgets the classes before it",
        fix: "leave shuffle: false out", key: "data.shuffle")
    ]
  }
}
