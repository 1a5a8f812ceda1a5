autocmd BufRead,BufNewFile *.seg setfiletype seg
