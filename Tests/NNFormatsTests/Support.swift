import NNCore
import NNFormats
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The path of a fixture file.
func fixture(_ name: String, folder: StaticString = #filePath) -> String {
  let path = "\(folder)"
  return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/Fixtures/" + name
}

/// Runs a body with an empty folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = try TemporaryFolder()
  try withExtendedLifetime(folder) { try body(folder.path) }
}

/// The names in a folder, hidden ones included.
func names(in folder: String) -> [String] {
  FolderListing.names(in: folder).filter { $0 != "." && $0 != ".." }.sorted()
}

/// The numbers in fixture files: 3i − 5, or 3i for unsigned types, or i % 3 == 0 for Booleans.
func ramp(_ shape: Shape, _ dtype: DType, unsigned: Bool = false) -> HostTensor {
  let doubles = (0..<shape.elementCount).map { index in
    if dtype == .bool { return index % 3 == 0 ? 1.0 : 0 }
    return Double(index * 3 - (unsigned || dtype == .uint8 ? 0 : 5))
  }
  return HostTensor(doubles: doubles, shape: shape, dtype: dtype)
}
