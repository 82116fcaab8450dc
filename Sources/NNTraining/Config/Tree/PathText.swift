#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Paths of files as text.
enum PathText {
  /// The folder of a path; `.` if it has none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The last part of a path without its extension.
  static func stem(of path: String) -> String {
    let name = Self.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// An absolute path: a relative one starts from `folder`, unless that is empty.
  static func absolute(_ path: String, from folder: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty { return path }
    var relative = Substring(path)
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    return folder.hasSuffix("/") ? folder + relative : "\(folder)/\(relative)"
  }

  /// The absolute path of an existing folder, with links resolved; the path itself if the system
  /// cannot resolve it.
  static func resolved(_ folder: String) -> String {
    guard let pointer = realpath(folder, nil) else { return folder }
    defer { free(pointer) }
    return String(cString: pointer)
  }
}
