import NNCore
import NNData
import NNTestSupport
import Testing

/// The folds of scikit-learn's splitters, and what holds for every division.
@Suite("Folds")
struct FoldTests {
  private static let column: ColumnReference = "group"

  /// Facts of examples with labels and groups.
  private func rows(
    _ count: Int, labels: [Int32]? = nil, groups: [Int32]? = nil, names: [String]? = nil,
    shared: Int? = nil
  ) -> SplitRows {
    SplitRows(
      name: "toy", count: count, labels: labels, classNames: names,
      groups: groups.map { [Self.column: $0] } ?? [:],
      timeOrder: shared.map { TimeOrder(sharedTargets: $0) })
  }

  @Test("unshuffled folds are those of scikit-learn")
  func fixtures() throws {
    let cases = try #require(SearchFixture.load("folds")["cases"]?.list)
    #expect(cases.count == 20)
    for known in cases {
      let kind = try #require(known["kind"]?.text.flatMap(FoldKind.init(rawValue:)))
      let count = try #require(known["count"]?.integer)
      let folds = try #require(known["folds"]?.integer)
      let facts = rows(
        count, labels: known["labels"]?.numbers?.map { Int32($0) },
        groups: known["groups"]?.numbers?.map { Int32($0) })
      let rule = FoldRule(
        folds, kind: kind, shuffle: false, groupBy: kind == .grouped ? Self.column : nil,
        gap: known["gap"]?.integer ?? 0)
      for fold in 1...folds {
        let parts = try rule.fold(fold, of: facts, seed: 1)
        for (name, found) in [("held", parts.held), ("kept", parts.kept)] {
          let expected = known[name]?.list?[fold - 1].numbers?.map { Int($0) }
          #expect(found == expected, "\(kind) \(count), fold \(fold) of \(folds): \(name)")
        }
      }
    }
  }

  @Test("shuffled folds hold every row out once, and depend on seed and repetition alone")
  func shuffled() throws {
    let labels = (0..<47).map { Int32($0 % 5 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0) }
    let groups = (0..<47).map { Int32($0 * 7 % 13) }
    let facts = rows(47, labels: labels, groups: groups)
    for kind in [FoldKind.plain, .stratified, .grouped] {
      let rule = FoldRule(4, kind: kind, groupBy: kind == .grouped ? Self.column : nil)
      func held(_ repetition: Int, seed: UInt64) throws -> [[Int]] {
        try (1...4).map { try rule.fold($0, repetition: repetition, of: facts, seed: seed).held }
      }
      let first = try held(1, seed: 5)
      #expect(first.flatMap { $0 }.sorted() == Array(0..<47), "\(kind)")
      #expect(try held(1, seed: 5) == first)
      #expect(try held(2, seed: 5) != first && held(1, seed: 6) != first, "\(kind)")
      for (fold, rows) in first.enumerated() {
        let kept = try rule.fold(fold + 1, of: facts, seed: 5).kept
        #expect((kept + rows).sorted() == Array(0..<47))
        switch kind {
        case .plain: #expect([11, 12].contains(rows.count))
        case .stratified:
          for label in Int32(0)...2 {
            let share = Double(labels.count { $0 == label }) / 4
            #expect(abs(Double(rows.count { labels[$0] == label }) - share) < 1)
          }
        case .grouped:
          #expect(Set(rows.map { groups[$0] }).isDisjoint(with: kept.map { groups[$0] }))
        case .time: break
        }
      }
    }
    var own = FoldRule(4, kind: .plain)
    own.seed = 9
    #expect(try own.fold(1, of: facts, seed: 1).held == own.fold(1, of: facts, seed: 2).held)
  }

  @Test("the kind follows from the data")
  func kinds() {
    #expect(FoldRule().kind(for: rows(9)) == .plain)
    #expect(FoldRule().kind(for: rows(2, labels: [0, 1])) == .stratified)
    #expect(FoldRule(groupBy: "group").kind(for: rows(2, labels: [0, 1])) == .grouped)
    #expect(FoldRule().kind(for: rows(9, shared: 2)) == .time)
    #expect(FoldRule(kind: .plain).kind(for: rows(9, shared: 2)) == .plain)
  }

  @Test("windows that share targets with a fold are not trained on")
  func sharedTargets() throws {
    let parts = try FoldRule(3).fold(2, of: rows(20, shared: 2), seed: 0)
    #expect(parts.held == Array(10..<15) && parts.kept == Array(0..<8))
    let wider = try FoldRule(3, gap: 4).fold(2, of: rows(20, shared: 2), seed: 0)
    #expect(wider.kept == Array(0..<6))
  }

  @Test("folds in time of one row each are the origins of a backtest")
  func origins() throws {
    func fold(_ rule: FoldRule, _ number: Int, sharing: Int = 0) throws -> (Int, [Int]) {
      let facts = SplitRows(
        name: "s", count: 20, timeOrder: TimeOrder(sharedTargets: sharing))
      let parts = try rule.fold(number, of: facts, seed: 0)
      #expect(parts.kept == Array(0..<parts.kept.count))
      return (parts.kept.count, parts.held)
    }
    let daily = FoldRule(3, kind: .time, size: 1, step: 1)
    #expect(try (1...3).map { try fold(daily, $0).1 } == [[17], [18], [19]])
    #expect(try (1...3).map { try fold(daily, $0).0 } == [17, 18, 19])
    let wide = FoldRule(3, kind: .time, size: 2, step: 5)
    #expect(
      try (1...3).map { try fold(wide, $0, sharing: 3).1 } == [[8, 9], [13, 14], [18, 19]])
    #expect(try (1...3).map { try fold(wide, $0, sharing: 3).0 } == [5, 10, 15])
    // Without a step they follow one another.
    #expect(
      try (1...2).map { try fold(FoldRule(2, kind: .time, size: 4), $0).1 }
        == [[12, 13, 14, 15], [16, 17, 18, 19]])
    expectError("2 folds in time of 20 rows leave the first one nothing to train on") {
      _ = try fold(FoldRule(2, kind: .time, gap: .max, size: .max), 1)
    }
    expectError("3 folds in time of 20 rows leave the first one nothing to train on") {
      _ = try fold(FoldRule(3, kind: .time, size: 4, step: 8), 1)
    }
    expectError("`size` is for folds in time", "kind: time") {
      _ = try FoldRule(3, kind: .plain, size: 4).fold(1, of: rows(20), seed: 0)
    }
    expectError("`step` is for folds in time, and the folds are plain") {
      _ = try FoldRule(3, step: 4).fold(1, of: rows(20), seed: 0)
    }
  }

  @Test("a class with fewer rows than folds is named")
  func rareClasses() throws {
    let facts = rows(
      7, labels: [0, 0, 0, 0, 1, 0, 2], names: ["common", "lone", "other"])
    let notes = try FoldRule(3).fold(1, of: facts, seed: 0).notes
    #expect(
      notes == [
        "data: 2 classes have fewer rows than the 3 folds, some of which hold none of it: lone (1), "
          + "other (1)"
      ])
  }

  @Test("refuses folds that are not possible, with a fix")
  func wrong() {
    func refuse(_ rule: FoldRule, _ facts: SplitRows, _ parts: String...) {
      let error = #expect(throws: NNError.self) { try rule.fold(1, of: facts, seed: 0) }
      for part in parts { #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(part)") }
    }
    refuse(FoldRule(1), rows(9), "1 folds; expected 2 or more")
    refuse(FoldRule(5), rows(4), "5 folds of 4 rows", "use fewer folds")
    refuse(FoldRule(kind: .stratified), rows(9), "need a class for each row", "kind: plain")
    refuse(
      FoldRule(3), rows(4, labels: [0, 0, 1, 2]), "the largest class has 2 rows", "at most 2 folds")
    refuse(FoldRule(kind: .grouped), rows(9), "needs `group_by`")
    refuse(
      FoldRule(kind: .plain, groupBy: "group"), rows(9), "`group_by` keeps groups whole",
      "leave `kind` or `group_by` out")
    refuse(
      FoldRule(3, groupBy: "group"), rows(4, groups: [0, 1, 1, 0]),
      "\"group\" has 2 different values", "at most 2 folds")
    refuse(
      FoldRule(2, groupBy: "group"), rows(3, groups: [4, 4, 4]), "has 1 different value,",
      "another column")
    refuse(FoldRule(2, groupBy: "group"), rows(3), "was not read with the data")
    refuse(FoldRule(2, gap: 1), rows(9), "the folds are plain", "kind: time")
    refuse(FoldRule(2, kind: .plain, gap: 1), rows(9), "a distance in time")
    refuse(FoldRule(3, kind: .time), rows(3), "leave the first one nothing")
    refuse(FoldRule(2, kind: .time, gap: 3), rows(9), "3 rows before a fold are not used")
    expectError("fold 6") { _ = try FoldRule(5).fold(6, of: rows(9), seed: 0) }
  }
}
