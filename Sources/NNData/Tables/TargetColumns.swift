import NNCore

/// The texts in the target columns of a table, row by row.
struct TargetColumns {
  /// The texts, row by row.
  let texts: TableTexts
  /// The line of each row.
  let lines: LineNumbers
  /// The columns' names in messages.
  let names: [String]
  /// The file.
  let place: String
  /// The format of the table.
  let format: CSVFormat
  /// The source's interpretation of targets.
  let task: LearningTask
  /// The source's list of classes, in order.
  let classes: [String]?
  /// The text between several labels; nil for one target per column.
  let separator: String?
  /// What the loss requires.
  let request: DataRequest
  /// The encoding of the training data; nil for the training data themselves.
  let known: DataEncoding?

  /// Labels int32 [N] with the names of their classes, or numbers float64 [N, K], with the names of
  /// the labels where an example has several.
  ///
  /// - Throws: `NNError` naming line and value of the first target of a wrong kind.
  func encoded() throws(NNError) -> (HostTensor, classes: [String]?, labels: [String]?) {
    if let separator {
      let (targets, labels) = try multipleLabels(separator)
      return (targets, nil, labels)
    }
    let (targets, classes) = try single()
    return (targets, classes, nil)
  }

  /// One target of 0 and 1 for each label, float64 [N, labels].
  private func multipleLabels(_ separator: String) throws(NNError) -> (HostTensor, [String]) {
    guard names.count == 1 else {
      throw .invalid(
        "`separator` splits one column of labels, found \(names.count) target columns", at: place)
    }
    guard request.task != .classification else {
      throw .invalid(
        "`separator` makes several targets of 0 and 1, and the loss takes one label per example",
        at: place, hint: "use loss: bce_with_logits, or leave `separator` out")
    }
    func list(_ text: String) -> [String] {
      text.split(separator: separator).map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
    }
    let lists = texts.map(list, number: { list(CSVFormat.text($0)) })
    let labels = known?.targetNames ?? classes ?? Set(lists.joined()).sorted()
    guard !labels.isEmpty else { throw .invalid("\(names[0]) holds no labels", at: place) }
    let positions = Dictionary(
      zip(labels, labels.indices), uniquingKeysWith: { first, _ in first })
    var targets = [Double](repeating: 0, count: lists.count * labels.count)
    for (row, list) in lists.enumerated() {
      for label in list {
        guard let position = positions[label] else {
          throw .invalid(
            "\(names[0]): label \"\(label.shortened())\" is unknown; the labels are: "
              + labels.prefix(20).joined(separator: ", "), at: "\(place):\(lines[row])")
        }
        targets[row * labels.count + position] = 1
      }
    }
    return (HostTensor(targets, shape: [lists.count, labels.count]), labels)
  }

  /// One target per column.
  private func single() throws(NNError) -> (HostTensor, [String]?) {
    if request.task == .regression {
      guard classes == nil else {
        throw .invalid(
          "`classes` lists classes, but the loss takes numbers", at: place,
          hint: "leave `classes` out, or use loss: cross_entropy")
      }
      return (try numbers(), nil)
    }
    if let given = known?.classNames ?? classes {
      try requireOneColumn()
      return (try labels(of: given), given)
    }
    if names.count == 1, let labels = integerLabels, !mapsNumbers(labels) {
      return task == .regression ? (try numbers(), nil) : (HostTensor(labels), nil)
    }
    if known?.targetsAreNumeric == true {
      return (try request.task == .classification ? HostTensor(numberedLabels()) : numbers(), nil)
    }
    switch task {
    case .regression: return (try numbers(), nil)
    case .classification:
      try requireOneColumn()
      return try classified()
    case .automatic:
      guard names.count == 1 else { return (try numbers(), nil) }
      let areTexts = texts.map({ format.number($0) == nil }, number: { _ in false })
      let textCount = areTexts.count { $0 }
      if request.task == .classification {
        return textCount > 0 ? try classified() : (HostTensor(try numberedLabels()), nil)
      }
      // One text among numbers is more likely a mistake than a class.
      return textCount == texts.count ? try classified() : (try numbers(), nil)
    }
  }

  private func requireOneColumn() throws(NNError) {
    guard names.count == 1 else {
      throw .invalid("expected one column of class labels, found \(names.count)", at: place)
    }
  }

  private func label(_ number: Double) -> Int32? {
    guard let label = Int32(exactly: number) else { return nil }
    return label >= 0 || label == request.ignoredLabel ? label : nil
  }

  /// Every text as a label 0, 1, … or the ignored label; nil for a text that is neither.
  private var labels: [Int32?] {
    texts.map({ format.number($0).flatMap(label) }, number: label)
  }

  /// The labels; nil when a text is none.
  private var integerLabels: [Int32]? {
    let labels = labels
    let found = labels.compactMap(\.self)
    return found.count == labels.count ? found : nil
  }

  /// Whether labels such as 3…9 are mapped to 0…6, which only `task: classification` does.
  private func mapsNumbers(_ labels: [Int32]) -> Bool {
    task == .classification && known == nil
      && (labels.lazy.filter { $0 != request.ignoredLabel }.min() ?? 0) > 0
  }

  /// The labels of data whose classes have numbers and no names.
  private func numberedLabels() throws(NNError) -> [Int32] {
    if let integerLabels { return integerLabels }
    let index = labels.firstIndex(of: nil) ?? 0
    let found = "found \"\(texts[index])\""
    throw known == nil
      ? .invalid(
        "\(names[0]) holds numbers that are not class labels 0, 1, …: \(found)",
        at: "\(place):\(lines[index])",
        hint: "to make each different number a class, add `task: classification` to the source; "
          + "for regression use loss: mse")
      : .invalid(
        "\(names[0]): expected a class label 0, 1, … as in the training data, \(found)",
        at: "\(place):\(lines[index])")
  }

  /// One class for each different text: numbers in numerical order, other texts sorted.
  private func classified() throws(NNError) -> (HostTensor, [String]?) {
    let numbers = texts.different({ format.number($0) }, number: { $0 }).filter { !isIgnored($0) }
    let classes =
      numbers.contains(nil)
      ? texts.different({ $0 }, number: CSVFormat.text)
        .filter { !isIgnored(format.number($0)) }.sorted()
      : numbers.compactMap(\.self).sorted().map(CSVFormat.text)
    return (try labels(of: classes), classes)
  }

  private func isIgnored(_ number: Double?) -> Bool {
    guard let ignored = request.ignoredLabel, ignored < 0 else { return false }
    return number == Double(ignored)
  }

  private func labels(of classes: [String]) throws(NNError) -> HostTensor {
    let known = Set(classes)
    let numbering = ClassLabels(classes, ignored: request.ignoredLabel)
    // Classes that are numbers may be written in several ways, such as 3 and 3.0.
    func spelled(_ text: String) -> String {
      known.contains(text) ? text : format.number(text).map(CSVFormat.text) ?? text
    }
    let labels = texts.map(
      { numbering[spelled($0)] }, number: { numbering[CSVFormat.text($0)] })
    if let row = labels.firstIndex(of: nil) {
      throw numbering.unknown(
        spelled(texts[row]), at: "\(place):\(lines[row])", subject: "\(names[0]): ")
    }
    return HostTensor(labels.compactMap(\.self))
  }

  private func numbers() throws(NNError) -> HostTensor {
    let advice =
      request.task == .regression
      ? "the loss takes numbers; for a column of class names use loss: cross_entropy"
      : known == nil
        ? "to make each different text a class, add `task: classification` to the source" : nil
    let numbers = texts.map({ format.number($0) ?? .nan }, number: { $0 })
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      let row = index / names.count
      _ = try TableReader.number(
        texts[index], names[index % names.count], at: "\(place):\(lines[row])", format: format,
        advice: advice)
    }
    return HostTensor(numbers, shape: [lines.count, names.count])
  }
}

extension Substring {
  /// The text without spaces at its ends.
  fileprivate var trimmingSpaces: Substring {
    let start = drop { $0.isWhitespace }
    return start[
      ..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)]
  }
}
