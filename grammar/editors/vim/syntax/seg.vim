" Syntax of segc policies. Most keywords are keywords by position only: a zone may be called `log`. So a word behind
" a comma, an arrow, a colon or a clause that takes names is a name, and only elsewhere a keyword.
if exists('b:current_syntax')
  finish
endif
let s:cpo = &cpoptions
set cpoptions&vim

syntax case match
syntax sync minlines=100

" Words by role. tests/editors.rs compares them with grammar/segc.pest.
let s:declaring = 'credential firewall group router service zone'
let s:flow = 'allow forbid require watch'
let s:plain = 'controls use'
let s:placing = 'in on'
let s:text = 'about anywhere approved-by cache cgroup connections differs domains emergency fan-out from held lifetime log matching new owner publishes pulls rate reason review shares size ticket until usable user within'
let s:assumptions = 'barrier contained inert vetted'
let s:listing = 'by hosts into needs opens over self to with'
let s:waived = 'via'
let s:levels = 'deny off warn'
let s:exceptions = 'except'
let s:ports = 'interface target'
let s:process = 'process'
let s:flagged = 'is'
let s:every = 'every'
let s:kinds = 'allow credential firewall forbid waiver'
let s:content = 'code content'
let s:actions = 'log quarantine'
let s:functions = 'inventory'
let s:everything = 'any internet'
let s:flags = 'agentic critical gpu isolated public-trigger public-writable'
let s:units = 'second seconds minute minutes hour hours day days'
let s:protocols = 'tcp udp sctp icmp icmpv6 proto'

" A word ends where no name goes on.
let s:start = '\%([[:alnum:]_.-]\)\@1<!'
let s:end = '\%(-*[[:alnum:]_]\)\@!'
let s:next = ' skipwhite skipempty nextgroup='
let s:name = 'segName,segAny'
let s:item = s:name . ',segAddress,segService,segFunction'

function! s:Words(group, words, options) abort
  let l:any = '\%(' . join(split(a:words), '\|') . '\)'
  execute 'syntax match' a:group '/' . s:start . l:any . s:end . '/' a:options
endfunction

syntax match segError /[^[:space:][:alnum:]_.,:;(){}"#=>\/*-]/

" Where two match at the same place, the one that is defined last wins.
syntax match segNumber /\%([[:alnum:]_.-]\)\@1<!\d\+\%(-\d\+\)\?\%([[:alnum:]_.\/-]\)\@!/
syntax match segDate /\%([[:alnum:]_.-]\)\@1<!\d\{4}-\d\d-\d\d\%(-*[[:alnum:]_]\)\@!/

call s:Words('segStatement', s:declaring, s:next . 'segDeclared')
call s:Words('segStatement', s:flow, s:next . s:name)
call s:Words('segStatement', s:plain, '')
call s:Words('segClause', s:text, '')
call s:Words('segAssumption', s:assumptions, '')
call s:Words('segClause', s:listing, s:next . s:item)
call s:Words('segLevel', s:levels, s:next . 'segName')
call s:Words('segOperator', s:exceptions, s:next . s:item . ',segVia')
call s:Words('segClause', s:ports, s:next . 'segPort')
call s:Words('segClause', s:process, s:next . 'segDeclared')
call s:Words('segClause', s:flagged, s:next . 'segFlag')
call s:Words('segClause', s:every, s:next . 'segKind')
execute 'syntax match segClause /' . s:start . 'pulls' . s:end . '/' . s:next . 'segContent'
execute 'syntax match segClause /' . s:start . 'differs\_s\+from' . s:end . '/' . s:next . 'segName'
execute 'syntax match segClause /' . s:start . 'over' . s:end . '\ze\_s\+\d/'
execute 'syntax match segPace ~' . s:start . '\d\+/\%(' . join(split(s:units), '\|') . '\)' . s:end . '~' . s:next . 'segThen'
execute 'syntax match segDuration /' . s:start . '\d\+\s\+\%(' . join(split(s:units), '\|') . '\)' . s:end . '/'

" What stands only behind another.
let s:reserved = join(split(s:declaring . ' ' . s:flow . ' ' . s:plain), '\|')
let s:word = '\a\%(-*[[:alnum:]_]\)*'
execute 'syntax match segName /\%(\%(' . s:reserved . '\)' . s:end . '\)\@!' . s:word . '\%(\.' . s:word . '\)\?/ contained'
syntax match segDeclared /\a\%(-*[[:alnum:]_]\)*/ contained skipwhite skipempty nextgroup=segPlacing
syntax match segPort /[[:alnum:]_.\/-]\+/ contained
syntax match segThen /:/ contained skipwhite skipempty nextgroup=segAction
call s:Words('segPlacing', s:placing, 'contained' . s:next . 'segName')
call s:Words('segAction', s:actions, 'contained')
call s:Words('segKind', s:kinds, 'contained')
call s:Words('segContent', s:content, 'contained')
call s:Words('segFlag', s:flags, 'contained' . s:next . 'segFlagComma')
syntax match segFlagComma /,/ contained skipwhite skipempty nextgroup=segFlag
execute 'syntax match segVia /' . s:waived . s:end . '/ contained' . s:next . s:name
execute 'syntax match segFunction /' . s:start . '\%(' . join(split(s:functions), '\|') . '\)\ze\s*(/'
call s:Words('segConstant', s:everything, '')
call s:Words('segAny', s:everything, 'contained')

syntax match segSeparator /[,:=]/ skipwhite skipempty nextgroup=segName,segAny,segAddress,segService,segFunction
syntax match segArrow /->\|=>/ skipwhite skipempty nextgroup=segName,segAny

" Address, prefix or range; an IPv6 one has two colons at least.
syntax match segAddress /\%([[:alnum:]_.:-]\)\@1<!\d\{1,3}\%(\.\d\{1,3}\)\{3}\%(-\d\{1,3}\%(\.\d\{1,3}\)\{3}\|\/\d\{1,2}\)\?\%([[:alnum:]_.:]\)\@!/
syntax match segAddress /\%([[:alnum:]_.:-]\)\@1<!\x*:\x*:[[:xdigit:]:.]*\%(-[[:xdigit:]:]\+\|\/\d\{1,3}\)\?\%([[:alnum:]_]\)\@!/
execute 'syntax match segService ~' . s:start . '\%(' . join(split(s:protocols), '\|') . '\)/[[:alnum:]_/-]*[[:alnum:]_]~'

syntax match segBrace /[(){}]/
syntax region segString start=/"/ skip=/\\./ end=/"/ oneline contains=segEscape,segBadEscape
syntax match segBadEscape /\\./ contained
syntax match segEscape /\\["\\]/ contained
syntax match segComment /#.*/ contains=segTodo,@Spell
syntax keyword segTodo contained TODO FIXME XXX

highlight default link segStatement Statement
highlight default link segClause Keyword
highlight default link segAssumption Special
highlight default link segLevel PreProc
highlight default link segOperator Operator
highlight default link segArrow Operator
highlight default link segSeparator Delimiter
highlight default link segFlagComma Delimiter
highlight default link segThen Delimiter
highlight default link segBrace Delimiter
highlight default link segPlacing Keyword
highlight default link segVia Keyword
highlight default link segKind StorageClass
highlight default link segContent Constant
highlight default link segAction Special
highlight default link segFunction Function
highlight default link segFlag Constant
highlight default link segConstant Constant
highlight default link segAny Constant
highlight default link segDeclared Type
highlight default link segName Identifier
highlight default link segPort Identifier
highlight default link segService Number
highlight default link segAddress Number
highlight default link segNumber Number
highlight default link segPace Number
highlight default link segDuration Number
highlight default link segDate Number
highlight default link segString String
highlight default link segEscape SpecialChar
highlight default link segBadEscape Error
highlight default link segError Error
highlight default link segComment Comment
highlight default link segTodo Todo

delfunction s:Words
let &cpoptions = s:cpo
unlet s:cpo
let b:current_syntax = 'seg'
