import NNCore

/// Reads tables in Weka's attribute–relation file format: `@attribute` lines with types, then
/// `@data` with rows of comma-separated values, or sparse rows `{index value, …}`.
///
/// `?` marks a missing value and `%` starts a comment. Values that a sparse row lacks are 0, or the
/// first category of a nominal attribute, as in Weka.
struct ARFFFile: LineFormat {
  /// An attribute of the header.
  private struct Attribute {
    let name: String
    let declaration: ColumnDeclaration
    let categories: Set<String>?

    /// The text of a sparse row that lacks it; empty, for a missing value, where 0 is none.
    var absent: String {
      declaration.categories?.first
        ?? (declaration.type == .number || declaration.type == .integer ? "0" : "")
    }
  }

  private let path: String
  private var attributes: [Attribute] = []
  private var isInData = false

  init(at path: String) { self.path = path }

  var hasAllColumns: Bool { isInData }

  mutating func end(_ rows: inout ParsedRows) throws(NNError) {
    throw .invalid("holds no @data", at: path)
  }

  /// Reads an entry of the header, or a row.
  ///
  /// - Throws: `NNError` for an entry or value that is not as declared.
  mutating func read(
    _ line: ArraySlice<UInt8>, number: Int, to rows: inout ParsedRows
  ) throws(NNError) {
    let place = "\(path):\(number)"
    var cursor = ARFFCursor(line, at: place)
    guard cursor.peek() != nil else { return }
    if isInData {
      try Self.addRow(&cursor, attributes, to: &rows, at: place)
      rows.endRow(line: number)
      return
    }
    let keyword = try cursor.token().text.lowercased()
    switch keyword {
    case "@relation": return
    case "@attribute":
      let attribute = try Self.attribute(&cursor, at: place)
      attributes.append(attribute)
      rows.addColumn(attribute.name, absent: "")
      rows.declarations.append(attribute.declaration)
    case "@data":
      guard !attributes.isEmpty else {
        throw .invalid("@data comes before any @attribute", at: place)
      }
      isInData = true
    default:
      throw .invalid(
        "expected @relation, @attribute or @data, found \"\(keyword.shortened())\"", at: place)
    }
  }

  private static func attribute(
    _ cursor: inout ARFFCursor, at place: String
  ) throws(NNError) -> Attribute {
    let name = try cursor.token(endingAt: "{").text
    if cursor.take("{") {
      var categories: [String] = []
      if !cursor.take("}") {
        repeat { categories.append(try cursor.token(endingAt: ",}").text) } while cursor.take(",")
        guard cursor.take("}") else {
          throw .invalid("expected \",\" or \"}\", found \(cursor.found)", at: place)
        }
      }
      try cursor.requireEnd()
      let set = Set(categories)
      guard set.count == categories.count, !categories.isEmpty else {
        throw .invalid(
          "the attribute \"\(name.shortened())\" lists "
            + (categories.isEmpty ? "no categories" : "a category twice"), at: place)
      }
      return Attribute(
        name: name, declaration: ColumnDeclaration(type: .category, categories: categories),
        categories: set)
    }
    let kind = try cursor.token().text
    let type: ColumnType?
    switch kind.lowercased() {
    case "numeric", "real": type = .number
    case "integer": type = .integer
    case "string": type = nil
    case "date":
      type = .date
      // The format of dates is found in the values.
      if cursor.peek() != nil { _ = try cursor.token() }
    default:
      throw .invalid(
        "the attribute \"\(name.shortened())\" has the type \"\(kind.shortened())\"; expected "
          + "numeric, integer, string, date or {category, …}", at: place,
        hint: kind.lowercased() == "relational" ? "write its parts as attributes" : nil)
    }
    try cursor.requireEnd()
    return Attribute(
      name: name, declaration: ColumnDeclaration(type: type, categories: nil), categories: nil)
  }

  private static func addRow(
    _ cursor: inout ARFFCursor, _ attributes: [Attribute], to rows: inout ParsedRows,
    at place: String
  ) throws(NNError) {
    if cursor.take("{") {
      try addSparseRow(&cursor, attributes, to: &rows, at: place)
    } else {
      for column in attributes.indices {
        if column > 0 {
          guard cursor.take(",") else {
            throw .invalid(
              "expected \(attributes.count) values, found \(column)"
                + (cursor.peek() == nil ? "" : " before \(cursor.found)"), at: place)
          }
        }
        try add(try cursor.token(endingAt: ","), column, attributes, to: &rows, at: place)
      }
      if cursor.take(",") {
        throw .invalid(
          "more than the \(attributes.count) values of the attributes: \(cursor.found)", at: place,
          hint: cursor.peek() == UInt8(ascii: "{")
            ? "weights of rows are read from a column: name it in `weights`" : nil)
      }
    }
    try cursor.requireEnd()
  }

  private static func addSparseRow(
    _ cursor: inout ARFFCursor, _ attributes: [Attribute], to rows: inout ParsedRows,
    at place: String
  ) throws(NNError) {
    var last = -1
    func addAbsent(before column: Int) {
      guard last + 1 < column else { return }
      for absent in last + 1..<column {
        rows.addValue(attributes[absent].absent.utf8, column: absent)
      }
    }
    if !cursor.take("}") {
      repeat {
        let text = try cursor.token(endingAt: ",}").text
        guard let column = Int(text), attributes.indices.contains(column), column > last else {
          throw .invalid(
            "expected the index of an attribute above \(last) and below \(attributes.count), found "
              + "\"\(text.shortened())\"", at: place)
        }
        addAbsent(before: column)
        try add(try cursor.token(endingAt: ",}"), column, attributes, to: &rows, at: place)
        last = column
      } while cursor.take(",")
      guard cursor.take("}") else {
        throw .invalid("expected \",\" or \"}\", found \(cursor.found)", at: place)
      }
    }
    addAbsent(before: attributes.count)
  }

  private static func add(
    _ token: ARFFCursor.Token, _ column: Int, _ attributes: [Attribute], to rows: inout ParsedRows,
    at place: String
  ) throws(NNError) {
    guard !token.isMissing else { return }
    let attribute = attributes[column]
    if let categories = attribute.categories, !categories.contains(token.text) {
      throw .invalid(
        "\"\(attribute.name)\": \"\(token.text.shortened())\" is not one of the categories that "
          + "the header lists", at: place)
    }
    rows.addValue(token.bytes, column: column)
  }
}
