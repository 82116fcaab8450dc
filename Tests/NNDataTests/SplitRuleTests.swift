import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

@Suite("Splits by group, time and class")
struct SplitRuleTests {
  private func rows(
    _ count: Int, labels: [Int32]? = nil, groups: [Int32]? = nil, names: [String]? = nil,
    shared: Int? = nil
  ) -> SplitRows {
    SplitRows(
      name: "toy", count: count, labels: labels, classNames: names,
      groups: groups.map { ["g": $0] } ?? [:],
      timeOrder: shared.map { TimeOrder(sharedTargets: $0) })
  }

  private func split(
    _ rule: SplitRule, _ facts: SplitRows, seed: UInt64 = 1
  ) throws -> (kept: [Int], held: [Int], notes: [String]) {
    try rule.split(Array(0..<facts.count), of: facts, seed: seed)
  }

  /// The number nearest to `target` among the sums of some but not all sizes, by trying all.
  private func nearest(_ sizes: [Int], to target: Int) -> Int {
    let sums = (1..<(1 << sizes.count) - 1).map { choice in
      sizes.indices.reduce(0) { $0 + (choice >> $1 & 1 == 1 ? sizes[$1] : 0) }
    }
    return sums.min { (abs($0 - target), $0) < (abs($1 - target), $1) } ?? 0
  }

  @Test("groups stay whole, as near to the share as any choice of them", arguments: 0..<60)
  func groups(example: Int) throws {
    let random = Philox(seed: UInt64(example), stream: 77)
    let groupCount = 2 + random.integer(0, below: 9)
    let sizes = (0..<groupCount).map {
      1 + random.integer($0 + 1, below: example % 3 == 0 ? 40 : 6)
    }
    var codes = sizes.enumerated().flatMap { index, size in
      repeatElement(Int32(index * 3), count: size)
    }
    codes = random.permutation(codes.count).map { codes[$0] }
    let facts = rows(codes.count, groups: codes)
    for fraction in [0.1, 0.25, 0.5, 0.8] {
      let total = Int((Double(codes.count) * fraction).rounded())
      guard total > 0, total < codes.count else { continue }
      let parts = try split(SplitRule(fraction, groupBy: "g"), facts, seed: UInt64(example))
      #expect((parts.kept + parts.held).sorted() == Array(0..<codes.count))
      #expect(parts.held == parts.held.sorted() && parts.kept == parts.kept.sorted())
      #expect(Set(parts.kept.map { codes[$0] }).isDisjoint(with: parts.held.map { codes[$0] }))
      #expect(parts.held.count == nearest(sizes, to: total), "\(sizes), \(total)")
      let again = try split(SplitRule(fraction, groupBy: "g"), facts, seed: UInt64(example))
      #expect(again.held == parts.held)
    }
  }

  @Test("the seed selects the groups")
  func groupSeeds() throws {
    let facts = rows(300, groups: (0..<300).map { Int32($0 / 3) })
    let choices = try (0..<5).map { try split(SplitRule(0.2, groupBy: "g"), facts, seed: $0).held }
    #expect(Set(choices).count == 5)
    #expect(choices.allSatisfy { $0.count == 60 })
    let own = SplitRule(0.2, groupBy: "g", seed: 3)
    #expect(try split(own, facts, seed: 9).held == choices[3])
  }

  @Test("many rows are divided exactly and at once")
  func manyGroups() throws {
    let count = 400_000
    let facts = rows(count, groups: (0..<count).map { Int32($0 / 2) })
    #expect(try split(SplitRule(0.5, groupBy: "g"), facts).held.count == count / 2)
    let sizes = (0..<12).map { 1000 + 3571 * $0 }
    let codes = sizes.enumerated().flatMap { repeatElement(Int32($0.offset), count: $0.element) }
    let uneven = try split(SplitRule(0.3, groupBy: "g"), rows(codes.count, groups: codes))
    #expect(
      uneven.held.count
        == nearest(sizes, to: Int((Double(codes.count) * 0.3).rounded())))
  }

  @Test("a share that groups cannot have is told")
  func unevenGroups() throws {
    let facts = rows(10, groups: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
    let parts = try split(SplitRule(0.1, groupBy: "g"), facts)
    #expect(parts.held == [7, 8, 9])
    #expect(
      parts.notes == [
        "data: the validation data hold 3 of 10 rows rather than 1, since \"g\" keeps 2 groups whole"
      ])
  }

  @Test("the last rows are held out, and the gap is in neither part")
  func time() throws {
    let parts = try split(SplitRule(0.25, order: .time, gap: 3), rows(20))
    #expect(parts.held == Array(15..<20) && parts.kept == Array(0..<12))
    // The larger one of the gap and the windows that share targets.
    #expect(try split(SplitRule(0.25, gap: 3), rows(20, shared: 5)).kept == Array(0..<10))
    #expect(try split(SplitRule(0.25, gap: 3), rows(20, shared: 1)).kept == Array(0..<12))
    #expect(try split(SplitRule(0.5, order: .random, gap: 0), rows(20)).held.count == 10)
  }

  @Test("classes keep their shares unless that is declined")
  func stratify() throws {
    let labels = (0..<200).map { Int32($0 < 190 ? 0 : 1) }
    let facts = rows(200, labels: labels)
    func rare(_ rule: SplitRule, seed: UInt64) throws -> Int {
      try split(rule, facts, seed: seed).held.count { labels[$0] == 1 }
    }
    for seed in UInt64(0)..<20 {
      #expect(try rare(SplitRule(0.5), seed: seed) == 5)
      #expect(try rare(SplitRule(0.5, stratify: true), seed: seed) == 5)
    }
    let plain = try (0..<20).map { try rare(SplitRule(0.5, stratify: false), seed: $0) }
    #expect(Set(plain).count > 2)
    // The same rows as `Dataset.split`.
    let dataset = try labelled(labels)
    let held = try split(SplitRule(0.3), facts, seed: 8).held
    let inputs = held.flatMap { row -> [Double] in [Double(2 * row), Double(2 * row + 1)] }
    #expect(try dataset.split(fraction: 0.3, seed: 8).validation.inputs.doubles == inputs)
  }

  @Test("validation and test are drawn independently")
  func parts() throws {
    let facts = rows(100)
    let all = Array(0..<100)
    let test = try SplitRule(0.3).split(all, of: facts, for: .test, seed: 4)
    #expect(try SplitRule(0.3).split(all, of: facts, for: .validation, seed: 4).held != test.held)
    let rest = try SplitRule(0.3).split(test.kept, of: facts, seed: 4)
    #expect(rest.held.count == 21 && Set(rest.held).isDisjoint(with: test.held))
  }

  @Test("a class with one row is told, and where the row is")
  func loneRow() throws {
    let facts = rows(9, labels: [0, 0, 0, 0, 0, 0, 0, 0, 1], names: ["a", "lone"])
    #expect(
      try split(SplitRule(0.25), facts).notes == [
        "data: class lone has one row, which the split for validation puts into the training data"
      ])
    #expect(try split(SplitRule(0.25, stratify: false), facts).notes == [])
  }

  @Test("refuses wrong rules with a fix")
  func wrong() {
    func refuse(_ rule: SplitRule, _ facts: SplitRows, _ parts: String...) {
      let error = #expect(throws: NNError.self) { try split(rule, facts) }
      for part in parts { #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(part)") }
    }
    let one = rows(9, groups: [Int32](repeating: 5, count: 9))
    refuse(SplitRule(0.5, groupBy: "g"), one, "\"g\" has one value", "another column")
    refuse(SplitRule(0.5, groupBy: "other"), one, "\"other\", which was not read")
    refuse(
      SplitRule(0.5, order: .time, groupBy: "g"), one, "`order: time`", "leave one of them out")
    refuse(SplitRule(0.5, groupBy: "g"), rows(9, shared: 1), "takes the last rows")
    refuse(SplitRule(0.5, order: .time, stratify: true), rows(9), "`stratify: true`")
    refuse(SplitRule(0.5, stratify: true, groupBy: "g"), one, "keeps groups whole")
    refuse(SplitRule(0.5, stratify: true), rows(9), "needs a class for each row", "leave it out")
    refuse(SplitRule(0.5, gap: 1), rows(9), "a distance in time", "order: time")
    refuse(SplitRule(0.5, order: .time, gap: 5), rows(10), "5 before it are the gap", "smaller gap")
    refuse(SplitRule(0.01), rows(9), "leaves validation without examples", "a larger share")
    refuse(SplitRule(.nan), rows(9), "must lie between 0 and 1")
    expectError("a test share of 0.99 leaves training without") {
      _ = try SplitRule(0.99).split(Array(0..<9), of: rows(9), for: .test, seed: 0)
    }
  }

  // MARK: - Subsets

  @Test("smaller shares are parts of larger ones and keep the classes' shares")
  func subsets() throws {
    let labels = (0..<311).map { Int32($0 % 10 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0) }
    let facts = rows(311, labels: labels)
    let all = Array(0..<311).filter { $0 % 4 != 1 }
    var smaller: Set<Int> = []
    for fraction in [0.01, 0.1, 0.25, 0.5, 0.9] {
      let chosen = try SubsetRule(fraction).select(all, of: facts, seed: 3)
      #expect(chosen.count == max(1, Int((Double(all.count) * fraction).rounded())))
      #expect(chosen == chosen.sorted() && Set(chosen).isSubset(of: all))
      #expect(smaller.isSubset(of: chosen))
      smaller = Set(chosen)
      for label in Int32(0)...2 {
        let share = Double(all.count { labels[$0] == label }) * fraction
        #expect(abs(Double(chosen.count { labels[$0] == label }) - share) < 3, "\(fraction)")
      }
      #expect(try SubsetRule(fraction, seed: 3).select(all, of: facts, seed: 8) == chosen)
    }
    #expect(try SubsetRule(1).select(all, of: facts, seed: 3) == all)
    #expect(
      try SubsetRule(0.5).select(all, of: facts, seed: 3)
        != SubsetRule(0.5).select(all, of: facts, seed: 4))
    #expect(
      try SubsetRule(0.5).select([4, 7, 9, 12], of: rows(20, shared: 1), seed: 3) == [9, 12])
    for fraction in [0, -1, 1.5, .nan] {
      expectError("above 0 and up to 1") {
        _ = try SubsetRule(fraction).select(all, of: facts, seed: 3)
      }
    }
  }

  // MARK: - Columns of groups

  /// The groups that a table has in a column.
  private func groups(
    _ column: ColumnReference, of table: String, _ change: (inout TableSource) -> Void = { _ in }
  ) throws -> (dataset: Dataset, groups: [Int32]?) {
    let folder = try TemporaryFolder()
    var source = TableSource(file: try folder.write(table, to: "t.csv"))
    change(&source)
    var request = DataRequest()
    request.groupBy = [column]
    let dataset = try DataSource.table(source).load(request: request)
    return (dataset, dataset.groups[column])
  }

  @Test("a column of a table holds groups and is no input")
  func table() throws {
    let (dataset, codes) = try groups(
      "who", of: "a,who,b,y\n1,eve,2,0\n3,bob,4,1\n5,eve,6,0\n7,ada,8,1\n")
    #expect(codes == [2, 1, 2, 0])
    #expect(dataset.featureNames == ["a", "b"])
    #expect(dataset.inputs.doubles == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(dataset.selecting([3, 0]).groups == ["who": [0, 2]])
    #expect(dataset.selecting([3, 0]).splitRows.groups == ["who": [0, 2]])
    // Numbers are equal however they are written, and ordered as numbers.
    #expect(
      try groups(1, of: "1,10,0\n2,9,1\n3,1e1,0\n", { $0.header = false }).groups == [1, 0, 1])
    // Later data need no such column.
    let folder = try TemporaryFolder()
    let path = try folder.write("b,y,a\n2,0,1\n", to: "u.csv")
    var request = DataRequest()
    request.groupBy = ["who"]
    let later = try DataSource.table(TableSource(file: path, targets: ["y"]))
      .load(encoding: dataset.encoding, request: request)
    #expect(later.inputs.doubles == [1, 2] && later.groups.isEmpty)
  }

  @Test("refuses columns that hold no groups")
  func wrongColumns() throws {
    let table = "a,who,y\n1,eve,0\n2,,1\n"
    expectError("there is no column \"id\"", "the columns are: a, who, y") {
      _ = try groups("id", of: table)
    }
    expectError("t.csv:3", "\"who\": the value is missing") { _ = try groups("who", of: table) }
    expectError("\"y\" holds the groups, and is a target") { _ = try groups("y", of: table) }
    expectError("\"a\" holds the groups, and is an input") {
      _ = try groups("a", of: table) { $0.features = ["a"] }
    }
    var request = DataRequest()
    request.groupBy = ["who"]
    expectError("neither columns nor arrays of groups", "csv and npz") {
      _ = try DataSource.generated(DataGenerator(.moons)).load(request: request)
    }
  }

  @Test("an array holds groups")
  func array() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("d.npz")
    try NPZ.write(
      [
        ("x", HostTensor([1.0, 2, 3], shape: [3, 1])), ("y", HostTensor([Int64(0), 1, 0])),
        ("g", HostTensor([Int64(1 << 60), -4, 1 << 60])), ("f", HostTensor([0.5, .nan, 1])),
        ("w", HostTensor([1.0, 2])),
      ], to: path)
    func load(_ column: ColumnReference) throws -> Dataset {
      var request = DataRequest()
      request.groupBy = [column]
      return try DataSource.npz(file: path).load(request: request)
    }
    #expect(try load("g").groups == ["g": [1, 0, 1]])
    expectError("array \"f\"", "row 1 (from 0) has the group NaN") { _ = try load("f") }
    expectError("array \"w\"", "expected groups [3]", "[2]") { _ = try load("w") }
    expectError("expected the name of an array") { _ = try load(2) }
    expectError("none") { _ = try load("none") }
  }
}
