import WaybillFormat

/// A tensor's place in a file.
struct TensorExtent {
    /// Bytes from the beginning of the file.
    let offset: Int
    let length: Int
    let element: ElementType
    /// Bytes that are not cut apart.
    let block: Int

    var end: Int { offset + length }
}

/// Section 5 of Protocol/CHUNKING.md: from tensors to spans.
enum TensorLayout {
    /// Shorter tensors share chunks, shorter gaps belong to the tensor before.
    private static let small = 64 << 10
    /// Longest chunk of small tensors.
    private static let run = 256 << 10
    /// Bytes of a large tensor's piece, rounded down to whole blocks.
    private static let step = 1 << 20

    /// Drops empty tensors and sorts the rest; nil if two of them overlap.
    static func sorted(_ tensors: [TensorExtent]) -> [TensorExtent]? {
        let sorted = tensors.filter { $0.length > 0 }.sorted { $0.offset < $1.offset }
        for index in sorted.indices.dropFirst() where sorted[index].offset < sorted[index - 1].end { return nil }
        return sorted
    }

    /// Covers a file of `size` bytes; `tensors` come from `sorted` and end within the file.
    static func spans(of tensors: [TensorExtent], size: Int) -> [LayoutSpan] {
        var spans: [LayoutSpan] = []
        func add(_ kind: LayoutSpan.Kind, _ start: Int, _ end: Int) {
            if end > start { spans.append(LayoutSpan(offset: start, length: end - start, kind: kind)) }
        }
        guard let first = tensors.first else {
            add(.contentDefined, 0, size)
            return spans
        }
        /// The end of tensor `index` with its gap if that is small, and where the next tensor or the end of the file is.
        func reach(_ index: Int) -> (end: Int, next: Int) {
            let next = index + 1 < tensors.count ? tensors[index + 1].offset : size
            let end = tensors[index].end
            return (next - end > small ? end : next, next)
        }

        add(.contentDefined, 0, first.offset)
        var index = 0
        while index < tensors.count {
            let tensor = tensors[index]
            var (end, next) = reach(index)
            index += 1
            if tensor.length >= small {
                let step = Self.step / tensor.block * tensor.block
                var start = tensor.offset
                while tensor.end - start > step, tensor.end - start - step >= small {
                    add(.fixed(tensor.element), start, start + step)
                    start += step
                }
                add(.fixed(tensor.element), start, end)
            } else {
                while index < tensors.count, end == next {
                    let other = tensors[index]
                    let (otherEnd, otherNext) = reach(index)
                    guard other.length < small, other.element == tensor.element, other.block == tensor.block,
                        otherEnd - tensor.offset <= run
                    else { break }
                    (end, next) = (otherEnd, otherNext)
                    index += 1
                }
                add(.fixed(tensor.element), tensor.offset, end)
            }
            add(.contentDefined, end, next)
        }
        return spans
    }
}
