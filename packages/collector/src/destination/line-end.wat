(module
  ;; 1 MB: octets to convert come to 0, converted ones to 524288.
  (memory (export "memory") 16)

  ;; Copies [$from, $end) to $to without the CR of each CRLF, and gives the end of the copy. The last octet must not be a CR.
  (func (export "convert") (param $from i32) (param $end i32) (param $to i32) (result i32)
    (local $block v128)
    (local $mask i32)
    (local $octet i32)
    ;; Sixteen octets at a time, up to the first CR among them.
    (loop $blocks
      (if (i32.le_u (i32.add (local.get $from) (i32.const 16)) (local.get $end))
        (then
          (v128.store (local.get $to) (local.tee $block (v128.load (local.get $from))))
          (local.set $mask (i8x16.bitmask (i8x16.eq (local.get $block) (i8x16.splat (i32.const 13)))))
          (if (i32.eqz (local.get $mask))
            (then
              (local.set $from (i32.add (local.get $from) (i32.const 16)))
              (local.set $to (i32.add (local.get $to) (i32.const 16))))
            (else
              (local.set $mask (i32.ctz (local.get $mask)))
              (local.set $to (i32.add (local.get $to) (local.get $mask)))
              (local.set $from (i32.add (i32.add (local.get $from) (local.get $mask)) (i32.const 1)))
              ;; A CR that no LF follows stays.
              (if (i32.ne (i32.load8_u (local.get $from)) (i32.const 10))
                (then
                  (i32.store8 (local.get $to) (i32.const 13))
                  (local.set $to (i32.add (local.get $to) (i32.const 1)))))))
          (br $blocks))))
    ;; The rest, octet by octet.
    (loop $rest
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $octet (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (if (i32.or
                (i32.ne (local.get $octet) (i32.const 13))
                (i32.ne (i32.load8_u (local.get $from)) (i32.const 10)))
            (then
              (i32.store8 (local.get $to) (local.get $octet))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))))
          (br $rest))))
    (local.get $to)))
