import NNCore

extension LayerGraph {
  /// What each entry of a graph of layers reads, found by name.
  package struct Links {
    /// An entry without its layer.
    package struct Entry {
      let name: String?
      let inputs: [String]?
      let shared: String?

      package init(name: String?, inputs: [String]?, shared: String?) {
        self.name = name
        self.inputs = inputs
        self.shared = shared
      }

      init(_ entry: LayerGraph.Entry) {
        self.init(name: entry.name, inputs: entry.inputs, shared: entry.shared)
      }
    }

    /// Where a value comes from.
    enum Source: Hashable {
      case input(Int)
      case entry(Int)
    }

    /// A mistake in the names.
    package struct Problem {
      /// What the mistake is in.
      package enum Place {
        case inputs
        case entry(Int)
        case outputs
      }

      package let place: Place
      package let message: String
      package var hint: String?
    }

    /// All mistakes.
    package struct Problems: Error {
      package let all: [Problem]
    }

    /// What each entry reads.
    let sources: [[Source]]
    /// The entry whose layer each entry uses.
    let owners: [Int]
    /// The entries in an order in which each comes after those that it reads.
    let order: [Int]
    /// The entries that are outputs.
    let outputs: [Int]

    /// Connects entries by name.
    package static func resolve(
      _ inputs: [String], _ entries: [Entry], _ outputs: [String]
    ) -> Result<Links, Problems> {
      var search = LinkSearch(inputs, entries)
      let links = search.links(outputs)
      return search.problems.isEmpty ? .success(links) : .failure(Problems(all: search.problems))
    }
  }
}

/// Finds what each entry reads, and all mistakes in the names.
private struct LinkSearch {
  typealias Links = LayerGraph.Links

  private let inputs: [String]
  private let entries: [Links.Entry]
  private var indices: [String: Links.Source] = [:]
  private(set) var problems: [Links.Problem] = []

  init(_ inputs: [String], _ entries: [Links.Entry]) {
    self.inputs = inputs
    self.entries = entries
    for (index, name) in inputs.enumerated() {
      if indices.updateValue(.input(index), forKey: name) != nil {
        report(.inputs, "two inputs are called `\(name)`")
      }
    }
    for (index, entry) in entries.enumerated() {
      guard let name = entry.name else { continue }
      guard let other = indices.updateValue(.entry(index), forKey: name) else { continue }
      report(
        .entry(index),
        other.isInput
          ? "a layer and an input are called `\(name)`" : "two layers are called `\(name)`")
      indices[name] = other
    }
  }

  mutating func links(_ outputs: [String]) -> Links {
    if inputs.isEmpty { report(.inputs, "the network has no input") }
    if entries.isEmpty { report(.outputs, "the network has no layers") }
    let sources = entries.indices.map { findSources(of: $0) }
    let owners = entries.indices.map { findOwner(of: $0) }
    let results = findResults(outputs)
    let order = sorted(sources, owners)
    if problems.isEmpty { requireUse(sources, owners, results) }
    return Links(sources: sources, owners: owners, order: order, outputs: results)
  }

  private mutating func findSources(of index: Int) -> [Links.Source] {
    guard let names = entries[index].inputs else {
      return index == 0 ? [.input(0)] : [.entry(index - 1)]
    }
    if names.isEmpty { report(.entry(index), "`from` names nothing") }
    return names.compactMap { name in
      if let source = indices[name] { return source }
      report(
        .entry(index), "`from` names `\(name)`, which is no input and no layer",
        hint: suggestion(for: name, among: inputs + entries.compactMap(\.name)))
      return nil
    }
  }

  private mutating func findOwner(of index: Int) -> Int {
    guard let shared = entries[index].shared else { return index }
    guard case .entry(let owner) = indices[shared] else {
      report(
        .entry(index), "`share` names `\(shared)`, which is no layer",
        hint: suggestion(for: shared, among: entries.compactMap(\.name)))
      return index
    }
    guard entries[owner].shared == nil else {
      report(
        .entry(index), "`share` names `\(shared)`, which shares the parameters of another layer",
        hint: entries[owner].shared.map { "share `\($0)` itself" })
      return index
    }
    return owner
  }

  private mutating func findResults(_ outputs: [String]) -> [Int] {
    if outputs.isEmpty { report(.outputs, "`outputs` names nothing") }
    var seen: Set<String> = []
    return outputs.compactMap { name in
      if !seen.insert(name).inserted { report(.outputs, "`outputs` names `\(name)` twice") }
      switch indices[name] {
      case .entry(let index): return index
      case .input:
        report(.outputs, "`outputs` names `\(name)`, which is an input")
      case nil:
        // The last entry is the output of a network that does not name one.
        if outputs == [PortName.output], let last = entries.indices.last { return last }
        report(
          .outputs, "`outputs` names `\(name)`, which no layer defines",
          hint: suggestion(for: name, among: entries.compactMap(\.name)))
      }
      return nil
    }
  }

  /// A topological order that keeps the order of entries where it can. A layer that shares
  /// parameters comes after the one that owns them.
  private mutating func sorted(_ sources: [[Links.Source]], _ owners: [Int]) -> [Int] {
    var waiting = entries.indices.map { index in
      Set(sources[index].compactMap(\.entry) + (owners[index] == index ? [] : [owners[index]]))
    }
    var readers = [[Int]](repeating: [], count: entries.count)
    for (index, needed) in waiting.enumerated() {
      for other in needed { readers[other].append(index) }
    }
    var ready = Set(entries.indices.filter { waiting[$0].isEmpty })
    var order: [Int] = []
    while let next = ready.min() {
      ready.remove(next)
      order.append(next)
      for reader in readers[next] {
        waiting[reader].remove(next)
        if waiting[reader].isEmpty { ready.insert(reader) }
      }
    }
    if order.count < entries.count, problems.isEmpty,
      let first = waiting.firstIndex(where: { !$0.isEmpty })
    {
      report(.entry(first), "\(label(first)) reads its own output: \(cycle(from: first, waiting))")
    }
    return order
  }

  /// The names along a cycle.
  private func cycle(from start: Int, _ waiting: [Set<Int>]) -> String {
    var path = [start]
    while let next = waiting[path[path.count - 1]].min() {
      if let first = path.firstIndex(of: next) {
        return (path[first...] + [next]).reversed().map(label).joined(separator: " → ")
      }
      path.append(next)
    }
    return label(start)
  }

  /// Reports inputs and layers that nothing reads.
  private mutating func requireUse(
    _ sources: [[Links.Source]], _ owners: [Int], _ results: [Int]
  ) {
    let read = Set(sources.joined())
    for (index, name) in inputs.enumerated() where !read.contains(.input(index)) {
      report(
        .inputs, "no layer reads the input `\(name)`",
        hint: "leave it out, or name it in `from`")
    }
    for index in entries.indices where !read.contains(.entry(index)) && !results.contains(index) {
      report(
        .entry(index), "no layer reads the output of \(label(index)), and it is no output",
        hint: "leave it out, or name it in `outputs`")
    }
  }

  private func label(_ index: Int) -> String { "`\(entries[index].name ?? "\(index)")`" }

  private func suggestion(for name: String, among known: [String]) -> String? {
    known.isEmpty ? nil : Suggestion.hint(for: name, in: known, plural: "there are")
  }

  private mutating func report(
    _ place: Links.Problem.Place, _ message: String, hint: String? = nil
  ) {
    problems.append(.init(place: place, message: message, hint: hint))
  }
}

extension LayerGraph.Links.Source {
  fileprivate var isInput: Bool { entry == nil }

  fileprivate var entry: Int? {
    if case .entry(let index) = self { return index }
    return nil
  }
}
