public import NNCore

/// Which examples of a data set are held out.
public enum SplitOrder: String, Sendable, Hashable, CaseIterable {
  /// Examples drawn at random.
  case random
  /// The last examples.
  case time
}

/// How a share of the examples is held out for validation or test.
///
/// Without other options, examples are drawn at random; with one label for each example every class
/// keeps the share, up to rounding (largest remainders).
public struct SplitRule: Sendable, Hashable {
  /// The share of the examples that is held out, above 0 and below 1.
  public var fraction: Double
  /// Which examples are held out; nil (default) for the last ones where examples are overlapping
  /// windows, else examples at random.
  public var order: SplitOrder?
  /// Whether every class keeps the share; nil (default) for where there are classes and no groups.
  public var stratify: Bool?
  /// The column or array whose equal values stay together on one side; nil (default) for none.
  ///
  /// Groups are then held out whole, in a number that brings their examples as near to the share as
  /// possible.
  public var groupBy: ColumnReference?
  /// The number of examples before those held out, in time, that are in neither part; nil (default)
  /// for none.
  public var gap: Int?
  /// The seed of random examples and groups; nil (default) for that of the run.
  public var seed: Int?

  /// Creates a rule; by default random, stratified where there are classes.
  public init(
    _ fraction: Double, order: SplitOrder? = nil, stratify: Bool? = nil,
    groupBy: ColumnReference? = nil, gap: Int? = nil, seed: Int? = nil
  ) {
    self.fraction = fraction
    self.order = order
    self.stratify = stratify
    self.groupBy = groupBy
    self.gap = gap
    self.seed = seed
  }
}

/// The part of a run that examples are held out for.
public enum HeldOutPart: String, Sendable, Hashable {
  /// The validation data.
  case validation
  /// The test data.
  case test

  /// The random stream of the choice.
  fileprivate var stream: UInt32 {
    self == .validation ? RandomStream.split : RandomStream.testSplit
  }
}

extension SplitRule {
  /// Why these options contradict each other; nil if they do not.
  ///
  /// - Parameter order: The order, once known.
  package func contradiction(
    in order: SplitOrder?
  ) -> (option: String, message: String, hint: String)? {
    switch order {
    case .time where groupBy != nil:
      return (
        "group_by", "`group_by` keeps groups whole, and `order: time` takes the last rows",
        "leave one of them out"
      )
    case .time where stratify == true:
      return (
        "stratify", "`stratify: true` draws rows of each class, and `order: time` takes the last",
        "leave one of them out"
      )
    case .random where gap ?? 0 > 0:
      return ("gap", "`gap` is a distance in time, and rows are drawn at random", "add order: time")
    default: break
    }
    guard stratify == true, groupBy != nil else { return nil }
    return (
      "stratify", "`stratify: true` draws rows of each class, and `group_by` keeps groups whole",
      "leave one of them out"
    )
  }

  /// Holds some examples out.
  ///
  /// - Parameters:
  ///   - rows: The examples to divide, ascending.
  ///   - facts: What is known about the examples of the source.
  ///   - part: What they are held out for; validation and test are drawn independently.
  ///   - seed: The run's seed.
  /// - Returns: Both sides in ascending order, and what a user should know.
  /// - Throws: `NNError` for a fraction that is not between 0 and 1, when a part would be empty, for
  ///   options that contradict each other, for one group alone, and for `stratify` without classes.
  public func split(
    _ rows: [Int], of facts: SplitRows, for part: HeldOutPart = .validation, seed: UInt64
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    guard fraction > 0, fraction < 1 else {
      throw .invalid(
        "the \(part.rawValue) share must lie between 0 and 1, not be \(fraction)", at: facts.name)
    }
    let total = Int((Double(rows.count) * fraction).rounded())
    guard total > 0, total < rows.count else {
      throw .invalid(
        "a \(part.rawValue) share of \(fraction) leaves "
          + "\(total == 0 ? part.rawValue : "training") without examples: there are \(rows.count)",
        at: facts.name,
        hint: total == 0 ? "use a larger share or more data" : "use a smaller share")
    }
    let order = order ?? (facts.timeOrder == nil ? .random : .time)
    if let problem = contradiction(in: order) {
      throw .invalid(problem.message, at: facts.name, hint: problem.hint)
    }
    let seed = self.seed.map { UInt64($0) } ?? seed
    if order == .time { return try last(total, of: rows, facts, part) }
    if let groupBy { return try groups(total, of: rows, facts, groupBy, part, seed) }
    return try random(total, of: rows, facts, part, seed)
  }

  private func last(
    _ total: Int, of rows: [Int], _ facts: SplitRows, _ part: HeldOutPart
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    let shared = facts.timeOrder?.sharedTargets ?? 0
    let distance = max(shared, gap ?? 0)
    let keptCount = rows.count - total - distance
    guard keptCount > 0 else {
      let what = facts.timeOrder == nil ? "rows" : "windows"
      let reason = distance > shared ? "are the gap" : "share its targets"
      throw .invalid(
        "a \(part.rawValue) share of \(total) of \(rows.count) \(what) leaves training without "
          + "\(what): \(distance) before it \(reason) and are in neither part",
        at: facts.name,
        hint: "use a smaller share, a smaller \(distance > shared ? "gap" : "horizon") or more data"
      )
    }
    return (Array(rows[..<keptCount]), Array(rows[(rows.count - total)...]), [])
  }

  private func random(
    _ total: Int, of rows: [Int], _ facts: SplitRows, _ part: HeldOutPart, _ seed: UInt64
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    guard stratify != true || facts.labels != nil else {
      throw .invalid(
        "`stratify: true` needs a class for each row, and the targets are none", at: facts.name,
        hint: "leave it out, or use a loss of classes such as cross_entropy")
    }
    let classes = facts.classes(of: rows, areStratified: stratify != false)
    let quotas = Self.largestRemainders(
      of: classes.map { Double($0.count) * Double(total) / Double(rows.count) }, total: total)
    var isHeld = [Bool](repeating: false, count: facts.count)
    for (index, (members, quota)) in zip(classes, quotas).enumerated() {
      let random = Philox(seed: seed, stream: part.stream, step: UInt32(index))
      for position in random.permutation(members.count).prefix(quota) {
        isHeld[members[position]] = true
      }
    }
    return (
      rows.filter { !isHeld[$0] }, rows.filter { isHeld[$0] },
      classes.count > 1 ? Self.loneRows(classes, facts, isHeld, part) : []
    )
  }

  /// A note on classes with one row, which only one side can have.
  private static func loneRows(
    _ classes: [[Int]], _ facts: SplitRows, _ isHeld: [Bool], _ part: HeldOutPart
  ) -> [String] {
    let lone = classes.filter { $0.count == 1 }.map { $0[0] }
    return [(false, "training"), (true, part.rawValue)].compactMap { side, name in
      let rows = lone.filter { isHeld[$0] == side }
      guard !rows.isEmpty else { return nil }
      let names = rows.prefix(10).map { facts.className(ofRow: $0) }.joined(separator: ", ")
      return
        "data: \(rows.count == 1 ? "class" : "classes") \(names)\(rows.count > 10 ? ", …" : "") "
        + "\(rows.count == 1 ? "has" : "have") one row, which the split for \(part.rawValue) puts "
        + "into the \(name) data"
    }
  }

  private func groups(
    _ total: Int, of rows: [Int], _ facts: SplitRows, _ column: ColumnReference,
    _ part: HeldOutPart, _ seed: UInt64
  ) throws(NNError) -> (kept: [Int], held: [Int], notes: [String]) {
    let codes = try facts.groups(by: column)
    var sizes: [Int32: Int] = [:]
    for row in rows { sizes[codes[row], default: 0] += 1 }
    let groups = sizes.keys.sorted()
    guard groups.count > 1 else {
      throw .invalid(
        "\(column) has one value for all \(rows.count) rows, so `group_by` leaves nothing for "
          + part.rawValue, at: facts.name, hint: "group by another column, or leave `group_by` out")
    }
    // Of several choices that are as near, the seed determines which.
    let order = Philox(seed: seed, stream: part.stream, step: .max)
      .permutation(groups.count).map { groups[$0] }
    let chosen = GroupChoice.nearest(sizes: order.map { sizes[$0] ?? 0 }, to: total)
    let held = Set(chosen.map { order[$0] })
    let isHeld = rows.map { held.contains(codes[$0]) }
    let heldRows = zip(rows, isHeld).filter(\.1).map(\.0)
    let share = Double(heldRows.count) / Double(rows.count)
    var notes: [String] = []
    if abs(share - fraction) > fraction / 4 {
      notes.append(
        "data: the \(part.rawValue) data hold \(heldRows.count) of \(rows.count) rows rather than "
          + "\(total), since \(column) keeps \(groups.count) groups whole")
    }
    return (zip(rows, isHeld).filter { !$0.1 }.map(\.0), heldRows, notes)
  }

  /// Rounds shares to integers with a given sum (largest remainders, Hamilton's method).
  static func largestRemainders(of shares: [Double], total: Int) -> [Int] {
    var quotas = shares.map { Int($0) }
    let missing = total - quotas.reduce(0, +)
    let byRemainder = shares.indices.sorted { left, right in
      let (a, b) = (shares[left] - Double(quotas[left]), shares[right] - Double(quotas[right]))
      return a == b ? left < right : a > b
    }
    for index in byRemainder.prefix(missing) { quotas[index] += 1 }
    return quotas
  }
}
