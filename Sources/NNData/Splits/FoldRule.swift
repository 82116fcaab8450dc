public import NNCore

/// How examples are divided into folds.
public enum FoldKind: String, Sendable, Hashable, CaseIterable {
  /// Every fold has the classes' shares (scikit-learn's `StratifiedKFold`).
  case stratified
  /// Groups stay whole, and folds are about equally large (`GroupKFold`).
  case grouped
  /// Fold k is trained on what precedes its examples in time (`TimeSeriesSplit`).
  case time
  /// Folds of equal size (`KFold`).
  case plain
}

/// The folds of a cross-validation: which examples each holds out, and which it is trained on.
///
/// Unshuffled folds are those of scikit-learn's classes of the same definition. Shuffled ones depend
/// on the seed and the repetition alone.
public struct FoldRule: Sendable, Hashable {
  /// The number of folds, at least 2; 5 by default.
  public var folds: Int
  /// How examples are divided; nil (default) for grouped folds with `groupBy`, folds in time where
  /// examples are overlapping windows, stratified ones where there are classes, and else plain ones.
  public var kind: FoldKind?
  /// Whether examples, or groups, are assigned to folds in random order; true by default. Folds in
  /// time are never shuffled.
  public var shuffle: Bool
  /// The column or array whose equal values stay together in one fold; nil (default) for none.
  public var groupBy: ColumnReference?
  /// The number of examples before those held out, in time, that are not trained on; 0 by default.
  public var gap: Int
  /// The number of examples that a fold in time holds out; nil (default) for the number of examples
  /// divided by that of the folds plus one, as `TimeSeriesSplit` does.
  public var size: Int?
  /// The number of examples between the starts of successive folds in time; nil (default) for their
  /// size, so that they follow one another. The last one ends with the examples.
  public var step: Int?
  /// The seed of the random order; nil (default) for that of the run.
  public var seed: Int?

  /// Creates a rule; by default of five shuffled folds.
  public init(
    _ folds: Int = 5, kind: FoldKind? = nil, shuffle: Bool = true, groupBy: ColumnReference? = nil,
    gap: Int = 0, size: Int? = nil, step: Int? = nil, seed: Int? = nil
  ) {
    self.folds = folds
    self.kind = kind
    self.shuffle = shuffle
    self.groupBy = groupBy
    self.gap = gap
    self.size = size
    self.step = step
    self.seed = seed
  }

  /// Why these options contradict each other; nil if they do not.
  package var contradiction: (option: String, message: String, hint: String)? {
    if kind == .grouped, groupBy == nil {
      return (
        "kind", "`kind: grouped` needs `group_by`",
        "name the column of the groups: group_by: COLUMN"
      )
    }
    if groupBy != nil, let kind, kind != .grouped {
      return (
        "group_by", "`group_by` keeps groups whole, which folds of `kind: \(kind.rawValue)` do not",
        "leave `kind` or `group_by` out"
      )
    }
    if gap > 0, groupBy != nil || kind.map({ $0 != .time }) ?? false {
      return ("gap", "`gap` is a distance in time, which only `kind: time` keeps", "leave it out")
    }
    for (name, value) in [("size", size), ("step", step)] where value != nil {
      if groupBy != nil || kind.map({ $0 != .time }) ?? false {
        return (name, "`\(name)` is for folds in time", "add kind: time, or leave it out")
      }
    }
    return nil
  }

  /// The kind of the folds of some examples.
  public func kind(for facts: SplitRows) -> FoldKind {
    if let kind { return kind }
    if groupBy != nil { return .grouped }
    if facts.timeOrder != nil { return .time }
    return facts.labels == nil ? .plain : .stratified
  }
}

extension FoldRule {
  /// The examples that a fold is trained on and those that it holds out.
  ///
  /// - Parameters:
  ///   - fold: The number of the fold, from 1.
  ///   - repetition: The number of the repetition, from 1; each has another random order.
  ///   - facts: What is known about the examples.
  ///   - seed: The run's seed.
  /// - Returns: Both sides in ascending order, and what a user should know about the folds.
  /// - Throws: `NNError` for fewer than two folds, for more folds than there are examples, groups or
  ///   members of the largest class, for stratified folds without classes, and for options that
  ///   contradict each other.
  public func fold(
    _ fold: Int, repetition: Int = 1, of facts: SplitRows, seed: UInt64
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    guard folds >= 2 else {
      throw .invalid("\(folds) folds; expected 2 or more", at: facts.name)
    }
    guard (1...folds).contains(fold), repetition >= 1 else {
      throw .invalid(
        "fold \(fold), repetition \(repetition): expected a fold from 1 to \(folds) and a "
          + "repetition from 1", at: facts.name)
    }
    if let contradiction {
      throw .invalid(contradiction.message, at: facts.name, hint: contradiction.hint)
    }
    let kind = kind(for: facts)
    guard kind == .time || gap == 0 else {
      throw .invalid(
        "`gap` is a distance in time, and the folds are \(kind.rawValue)", at: facts.name,
        hint: "add kind: time, or leave `gap` out")
    }
    guard kind == .time || size == nil && step == nil else {
      throw .invalid(
        "`\(size == nil ? "step" : "size")` is for folds in time, and the folds are "
          + kind.rawValue, at: facts.name, hint: "add kind: time, or leave it out")
    }
    if kind == .time { return try inTime(fold, facts) }
    guard facts.count >= folds else {
      throw .invalid(
        "\(folds) folds of \(facts.count) rows: a fold would be empty", at: facts.name,
        hint: "use fewer folds or more data")
    }
    let seeded = shuffle ? Self.seed(self.seed.map { UInt64($0) } ?? seed, repetition) : nil
    let assigned: [Int]
    var notes: [String] = []
    switch kind {
    case .stratified: (assigned, notes) = try stratified(facts, seeded)
    case .grouped: assigned = try grouped(facts, seeded)
    case .plain, .time: assigned = plain(facts, seeded)
    }
    return (
      assigned.indices.filter { assigned[$0] != fold - 1 },
      assigned.indices.filter { assigned[$0] == fold - 1 }, notes
    )
  }

  /// The seed of a repetition.
  private static func seed(_ seed: UInt64, _ repetition: Int) -> UInt64 {
    guard repetition > 1 else { return seed }
    let words = Philox(
      seed: seed, stream: RandomStream.foldSeeds, step: UInt32(clamping: repetition)
    ).block(0)
    return UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// The fold, from 0, of each of `count` places: blocks of equal size, the first ones one larger
  /// where there is a remainder.
  private func blocks(_ count: Int) -> [Int] {
    (0..<folds).flatMap { fold in
      repeatElement(fold, count: count / folds + (fold < count % folds ? 1 : 0))
    }
  }

  private func plain(_ facts: SplitRows, _ seed: UInt64?) -> [Int] {
    let blocks = blocks(facts.count)
    guard let seed else { return blocks }
    var assigned = blocks
    let order = Philox(seed: seed, stream: RandomStream.folds).permutation(facts.count)
    for (place, row) in order.enumerated() { assigned[row] = blocks[place] }
    return assigned
  }

  private func stratified(
    _ facts: SplitRows, _ seed: UInt64?
  ) throws(NNError) -> (assigned: [Int], notes: [String]) {
    guard facts.labels != nil else {
      throw .invalid(
        "stratified folds need a class for each row, and the targets are none", at: facts.name,
        hint: "use kind: plain")
    }
    // In the order in which classes appear.
    let classes = facts.classes(of: Array(0..<facts.count)).sorted { $0[0] < $1[0] }
    let largest = classes.map(\.count).max() ?? 0
    guard largest >= folds else {
      throw .invalid(
        "\(folds) stratified folds, but the largest class has \(largest) rows", at: facts.name,
        hint: "use \(largest >= 2 ? "at most \(largest) folds, or " : "")kind: plain")
    }
    var assigned = [Int](repeating: 0, count: facts.count)
    var begin = 0
    for (index, members) in classes.enumerated() {
      // Rows sorted by class are dealt to the folds in turn.
      var counts = [Int](repeating: 0, count: folds)
      for place in begin..<begin + members.count { counts[place % folds] += 1 }
      begin += members.count
      let dealt = counts.enumerated().flatMap { repeatElement($0.offset, count: $0.element) }
      let order =
        seed.map {
          Philox(seed: $0, stream: RandomStream.folds, step: UInt32(index))
            .permutation(members.count)
        } ?? Array(members.indices)
      for (place, member) in order.enumerated() { assigned[members[member]] = dealt[place] }
    }
    let rare = classes.filter { $0.count < folds }
    guard !rare.isEmpty else { return (assigned, []) }
    let names = rare.prefix(10).map { "\(facts.className(ofRow: $0[0])) (\($0.count))" }
    return (
      assigned,
      [
        "data: \(rare.count == 1 ? "a class has" : "\(rare.count) classes have") fewer rows than "
          + "the \(folds) folds, some of which hold none of it: \(names.joined(separator: ", "))"
          + (rare.count > 10 ? ", …" : "")
      ]
    )
  }

  private func grouped(_ facts: SplitRows, _ seed: UInt64?) throws(NNError) -> [Int] {
    guard let groupBy else { preconditionFailure("grouped folds have a column") }
    let codes = try facts.groups(by: groupBy)
    var sizes: [Int32: Int] = [:]
    for code in codes { sizes[code, default: 0] += 1 }
    let groups = sizes.keys.sorted()
    guard groups.count >= folds else {
      throw .invalid(
        "\(folds) folds, but \(groupBy) has \(groups.count) different "
          + "value\(groups.count == 1 ? "" : "s"), and groups stay whole", at: facts.name,
        hint: groups.count >= 2
          ? "use at most \(groups.count) folds" : "group by another column, or leave it out")
    }
    let places =
      seed.map { Philox(seed: $0, stream: RandomStream.folds).permutation(groups.count) }
      ?? Array(groups.indices)
    // The largest first, of equal ones the last, each into the fold with the fewest rows.
    let order = groups.indices.sorted { left, right in
      let (a, b) = (sizes[groups[left]] ?? 0, sizes[groups[right]] ?? 0)
      return a == b ? places[left] > places[right] : a > b
    }
    var counts = [Int](repeating: 0, count: folds)
    var foldOfGroup: [Int32: Int] = [:]
    for index in order {
      let lightest = counts.indices.min { counts[$0] < counts[$1] } ?? 0
      counts[lightest] += sizes[groups[index]] ?? 0
      foldOfGroup[groups[index]] = lightest
    }
    return codes.map { foldOfGroup[$0] ?? 0 }
  }

  private func inTime(
    _ fold: Int, _ facts: SplitRows
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    let size = size ?? facts.count / (folds + 1)
    let step = step ?? size
    let distance = max(gap, facts.timeOrder?.sharedTargets ?? 0)
    let held = (folds - 1).multipliedSaturating(by: step)
    guard size > 0, step > 0, distance < facts.count, size < facts.count - distance,
      facts.count - distance - size > held
    else {
      throw .invalid(
        "\(folds) folds in time of \(facts.count) rows leave the first one nothing to train on"
          + (distance > 0 ? ": \(distance) rows before a fold are not used" : ""),
        at: facts.name,
        hint: "use fewer folds\(distance > 0 ? ", a smaller gap or horizon" : "") or more data")
    }
    let start = facts.count - size - (folds - fold) * step
    return (Array(0..<start - distance), Array(start..<start + size), [])
  }
}
