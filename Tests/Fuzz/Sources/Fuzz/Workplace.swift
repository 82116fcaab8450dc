import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder for the files that a target reads and writes; the process works in it.
struct Workplace: Sendable {
  /// Its path.
  let path: String
  /// The folder for the seed inputs of a target.
  var seeds: String { "\(path)/seeds" }

  /// Creates the folder `NN_FUZZ_FOLDER`, by default one under `/tmp`, and makes it the working
  /// folder. It is kept when the process ends, in whatever way.
  init() {
    if let name = getenv("NN_FUZZ_FOLDER") {
      path = String(cString: name)
      mkdir(path, 0o700)
    } else {
      var name = Array("/tmp/nn-fuzz-XXXXXX".utf8CString)
      precondition(mkdtemp(&name) != nil, "no folder can be made in /tmp")
      path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    mkdir(seeds, 0o700)
    Self.enter(path)
  }

  /// The folder that the process works in.
  static var current: String {
    guard let name = getcwd(nil, 0) else { return "." }
    defer { free(name) }
    return String(cString: name)
  }

  static func enter(_ folder: String) {
    precondition(chdir(folder) == 0, "\(folder) cannot be entered")
  }

  static func isFolder(_ path: String) -> Bool { access("\(path)/.", F_OK) == 0 }

  /// Writes or replaces a file.
  static func write(_ bytes: [UInt8], to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "\(path) cannot be written")
    let count = bytes.withUnsafeBytes { Self.write(descriptor, $0) }
    precondition(count == bytes.count, "\(path) cannot be written")
    close(descriptor)
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// The files below a folder, as paths from there.
  static func files(in folder: String = ".") -> [String] {
    var files: [String] = []
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let path = folder == "." ? name : "\(folder)/\(name)"
      files += isFolder(path) ? Self.files(in: path) : [path]
    }
    return files.sorted()
  }

  /// Removes a file.
  static func removeFile(_ path: String) { unlink(path) }
}
