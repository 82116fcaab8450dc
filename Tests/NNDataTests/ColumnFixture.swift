import Foundation
import NNCore
import NNData
import NNTestSupport
import Testing

/// A column of a table with the inputs that scikit-learn or pandas makes of it.
struct ColumnFixture: Decodable, CustomStringConvertible {
  struct Options: Decodable {
    var type: String?
    var missing: String?
    var constant: String?
    var encode: String?
    var scale: String?
    var order: String?
  }

  let name: String
  let texts: [String]
  let train: [Int]
  let options: Options
  let expected: [[Double]]

  var description: String { name }

  /// The options of the column.
  var columnOptions: ColumnOptions {
    get throws {
      let missing: ColumnOptions.Missing =
        switch options.missing {
        case "mean": .mean
        case "median": .median
        case "mode": .mode
        case "indicator": .indicator
        case "constant": .constant(try #require(options.constant))
        default: .error
        }
      return ColumnOptions(
        type: options.type.flatMap(ColumnType.init(rawValue:)), missing: missing,
        encode: options.encode.flatMap(ColumnOptions.CategoryEncoding.init(rawValue:)),
        scale: options.scale.flatMap(ColumnOptions.Scale.init(rawValue:)),
        order: options.order.flatMap(DateOrder.init(rawValue:)))
    }
  }

  /// The file of a name in the folder of fixtures.
  static func file(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
  }

  /// Every case.
  static var all: [ColumnFixture] {
    (try? JSONDecoder().decode([Self].self, from: Data(contentsOf: file("columns")))) ?? []
  }
}
