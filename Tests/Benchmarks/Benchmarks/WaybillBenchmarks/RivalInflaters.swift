import CISAL
import CLibdeflate
import WaybillHotLoops

extension InflaterUnderTest {
    static func libdeflate() -> InflaterUnderTest {
        let decompressor = libdeflate_alloc_decompressor()
        return InflaterUnderTest("libdeflate") { source, target in
            libdeflate_zlib_decompress(decompressor, source.baseAddress, source.count, target.baseAddress, target.count, nil)
                == LIBDEFLATE_SUCCESS
        }
    }

    static func isal() -> InflaterUnderTest {
        let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
        return InflaterUnderTest("ISA-L") { source, target in
            isal_inflate_init(state)
            state.pointee.crc_flag = UInt32(ISAL_ZLIB)
            state.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            state.pointee.avail_in = UInt32(source.count)
            state.pointee.next_out = target.baseAddress
            state.pointee.avail_out = UInt32(target.count)
            return isal_inflate(state) == ISAL_DECOMP_OK && state.pointee.total_out == target.count
        }
    }
}
